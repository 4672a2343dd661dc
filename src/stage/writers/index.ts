// Every kind of pile that can be written anew: as many as can be read.
import { alembicWriter } from './alembic.ts'
import { djangoWriter } from './django.ts'
import { godwitWriter } from './godwit.ts'
import { railsWriter } from './rails.ts'
import { flywayWriter, prismaWriter, sqlWriter } from './sql.ts'
import type { Writer } from './writer.ts'

export const writers: readonly Writer[] = [alembicWriter, djangoWriter, godwitWriter, railsWriter, prismaWriter, flywayWriter, sqlWriter]
