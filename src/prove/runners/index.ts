// Every tool that can carry out a pile itself: of those that fit, the first one that is installed.
import { alembic } from './alembic.ts'
import { django } from './django.ts'
import { flyway } from './flyway.ts'
import { prisma } from './prisma.ts'
import { rails } from './rails.ts'
import { dbmate, psql } from './sql.ts'
import type { Tool } from './tool.ts'

export const tools: readonly Tool[] = [alembic, django, prisma, flyway, rails, dbmate, psql]
