// Forms by their name. A new one adds its line here.
import { csv } from './csv.ts'
import type { Format } from './declared.ts'
import type { Form } from './form.ts'
import { json, ndjson } from './json.ts'
import { parquet } from './parquet.ts'

export const forms: Readonly<Record<Format, Form>> = { csv, ndjson, json, parquet }
