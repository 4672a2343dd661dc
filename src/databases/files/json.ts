// JSON objects, one a line or in one array. A key is a column; what an object does not have is null.
import { fileHeader } from '../../errors/files.ts'
import { bytesOf, Reading } from './bytes.ts'
import type { FileTable } from './declared.ts'
import { type Decode, textOf } from './encoding.ts'
import type { Located } from './folder.ts'
import { countRows, type FileColumn, type Form } from './form.ts'
import { type Item, type Items, JsonArray, JsonLines } from './json-items.ts'
import { type Members, membersOf, textOfValue } from './json-object.ts'
import { type FileRow, RowMaker, unreadRow } from './row.ts'

export const ndjson: Form = jsonForm((file) => new JsonLines(file))
export const json: Form = jsonForm((file) => new JsonArray(file))

function jsonForm(itemsOf: (file: string) => Items): Form {
  const read = async (file: Located, as: FileTable, reading: Reading) => {
    const { decode, blocks } = await textOf(file, bytesOf(file, reading), as.encoding)
    return { decode, items: cut(itemsOf(file.name), blocks) }
  }
  const form: Form = {
    async columns(files, as) {
      // any object may have a key that no other has, so all of them are looked at
      const names = new Set<string>()
      for (const file of files) {
        const { decode, items } = await read(file, as, new Reading(file))
        for await (const some of items)
          for (const { raw } of some) {
            const members = membersOf(decode(raw) ?? '')
            if (members instanceof Map) for (const name of members.keys()) names.add(name)
          }
      }
      if (!names.size)
        throw fileHeader({
          file: files[0]!.name,
          why: 'has no object in it, so its columns are not known',
          hint: 'Get it anew, or take it out of what the source declares.',
        })
      return [...names].map((name): FileColumn => ({ name, type: { name: 'text' }, nullable: true }))
    },

    async *rows({ file, as, wanted, reading }) {
      const { decode, items } = await read(file, as, reading)
      const reader = new Rows(file.name, wanted, decode)
      for await (const some of items) yield some.map((item) => reader.one(item))
    },

    count: (asked) => countRows(form.rows({ ...asked, wanted: [] })),
  }
  return form
}

async function* cut(items: Items, blocks: AsyncIterable<string>): AsyncGenerator<Item[]> {
  for await (const block of blocks) yield items.take(block)
  yield items.end()
}

class Rows {
  private readonly file: string
  private readonly wanted: readonly string[]
  private readonly decode: Decode
  private readonly maker: RowMaker

  constructor(file: string, wanted: readonly string[], decode: Decode) {
    this.file = file
    this.wanted = wanted
    this.decode = decode
    this.maker = new RowMaker(file, wanted)
  }

  one({ line, raw }: Item): FileRow {
    const text = this.decode(raw)
    const members = text === undefined ? undefined : membersOf(text)
    if (members instanceof Map) return this.row(line, members)
    const reason = text === undefined ? 'ENCODING' : members === 'twice' ? 'JSON_KEY_TWICE' : 'JSON_INVALID'
    return unreadRow(this.file, line, reason, raw.trim(), this.decode, this.wanted.length)
  }

  private row(line: number, members: Members): FileRow {
    const texts = this.wanted.map((name) => {
      const text = textOfValue(members.get(name))
      return text === null || text.isWellFormed() ? text : undefined
    })
    // half a pair, written as \ud800: what is kept is how it was written
    return this.maker.row(line, texts, (i) => Buffer.from(members.get(this.wanted[i]!)!))
  }
}
