// The engines that can be a target, with MariaDB where one is there: apart from place.ts, which processes import that have nothing to do with it.
import { randomBytes } from 'node:crypto'
import { numeric } from '../../src/index.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../support/mariadb.ts'
import type { TextRow } from '../support/query.ts'
import { type Kind, type Opened, openPostgresPlace, openSqlitePlace } from './place.ts'

export async function openMariadbPlace(): Promise<Opened> {
  const name = `godwit_t_${randomBytes(5).toString('hex')}`
  const connection = await mariadbRoot({
    multipleStatements: true,
    charset: 'utf8mb4',
    typeCast: (field) => field.string(),
    rowsAsArray: true,
  })
  await connection.query(`create database ${name} character set utf8mb4 collate utf8mb4_general_ci; use ${name}`)
  const kind: Kind = {
    name: 'MariaDB',
    schema: name,
    drawn: 'bigint auto_increment primary key',
    decimal: 'decimal(20, 6)',
    paid: () => numeric(20, 6),
    word: 'varchar(150)',
  }
  const sql = async (text: string): Promise<TextRow[]> => {
    const [result] = await connection.query(text)
    return Array.isArray(result) ? (result as unknown as TextRow[]) : []
  }
  const drop = async () => {
    await connection.query(`drop database ${name}`)
    await connection.end()
  }
  return { kind, url: `${mariadbUrl()}/${name}`, app: { sql, end: async () => {} }, drop }
}

export const engines = [
  ['Postgres', openPostgresPlace],
  ['SQLite', openSqlitePlace],
  ...(hasMariadb ? ([['MariaDB', openMariadbPlace]] as const) : []),
] as const
