// What a table of another place is made of, where that place keeps no snapshot: files, each with its digest.
export interface Content {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** By the table's id. */
export type Contents = Readonly<Record<string, readonly Content[]>>
