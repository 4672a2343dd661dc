// How other programs reach a database: by variables, so that no password stands in their arguments.

/** As libpq's programs read them. */
export function variables(url: URL): Record<string, string> {
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  return Object.fromEntries(
    Object.entries({
      PGHOST: host,
      PGPORT: url.searchParams.get('port') ?? url.port,
      PGUSER: decodeURIComponent(url.username),
      PGPASSWORD: decodeURIComponent(url.password),
      PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
      PGSSLMODE: url.searchParams.get('sslmode') ?? '',
    }).filter(([, value]) => value !== ''),
  )
}
