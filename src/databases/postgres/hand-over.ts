// Work that must stand inside a callback (a transaction), read from outside it like any other stream.

/** Runs `work` while somebody reads; where the reader leaves, the next `give` throws, so that the work ends and cleans up. */
export async function* streamed<T>(work: (give: (item: T) => Promise<void>) => Promise<void>): AsyncGenerator<T> {
  let wanted = Promise.withResolvers<void>()
  let offered = Promise.withResolvers<{ item: T } | undefined>()
  let left = false
  const give = async (item: T): Promise<void> => {
    if (left) throw new ReaderLeft()
    offered.resolve({ item })
    await wanted.promise
    if (left) throw new ReaderLeft()
  }
  const done = work(give).then(
    () => offered.resolve(undefined),
    (problem: unknown) => offered.reject(problem),
  )
  try {
    for (let next = await offered.promise; next; next = await offered.promise) {
      yield next.item
      const before = wanted
      offered = Promise.withResolvers()
      wanted = Promise.withResolvers()
      before.resolve()
    }
  } finally {
    left = true
    wanted.resolve()
    // a refusal by ReaderLeft is nobody's business any more
    offered.promise.catch(() => {})
    await done
  }
}

class ReaderLeft extends Error {
  constructor() {
    super('Whoever read this has stopped reading.')
    this.name = 'ReaderLeft'
  }
}
