// Every kind of pile that can be read, the most particular first.
import type { Reader } from '../types.ts'
import { alembic } from './alembic/reader.ts'
import { django } from './django/reader.ts'
import { flyway } from './flyway/reader.ts'
import { godwit } from './godwit/reader.ts'
import { prisma } from './prisma/reader.ts'
import { rails } from './rails/reader.ts'
import { sql } from './sql/reader.ts'

export const readers: readonly Reader[] = [godwit, alembic, django, rails, prisma, flyway, sql]
