// Prisma's folders.
import { expect, test } from 'vitest'
import { analysed } from '../../../../test/stage/piles.ts'

const first = {
  'versions/20240101_init/migration.sql':
    '-- CreateTable\nCREATE TABLE "User" ("id" SERIAL NOT NULL, "name" TEXT, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));',
}
const lock = { 'versions/migration_lock.toml': 'provider = "postgresql"' }

test('a rename that Prisma wrote as drop and add, with its warning', async () => {
  const text = `/*
  Warnings:

  - You are about to drop the column \`name\` on the \`User\` table. All the data in the column will be lost.

*/
-- AlterTable
ALTER TABLE "User" DROP COLUMN "name",
ADD COLUMN     "fullName" TEXT;
`
  const { judged, pile } = await analysed({ ...first, ...lock, 'versions/20240102_rename/migration.sql': text })
  expect([pile.format, judged[1]!.class, judged[1]!.migration.up.map((o) => o.line)]).toEqual(['prisma', 'destructive-breaking', [8]])
  expect(judged[1]!.reasons).toEqual(
    expect.arrayContaining([expect.stringContaining('Prisma warned: You are about to drop the column `name`'), 'there is no way back']),
  )
})

test('an enum that is swapped', async () => {
  const text = `BEGIN;
CREATE TYPE "Role_new" AS ENUM ('A');
ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
ALTER TYPE "Role" RENAME TO "Role_old";
ALTER TYPE "Role_new" RENAME TO "Role";
DROP TYPE "Role_old";
COMMIT;`
  const role = {
    'versions/20240102_role/migration.sql': `CREATE TYPE "Role" AS ENUM ('A', 'B');\nALTER TABLE "User" ADD COLUMN "role" "Role";`,
  }
  const { judged } = await analysed({ ...first, ...lock, ...role, 'versions/20240103_swap/migration.sql': text })
  expect(judged.map((j) => j.class)).toEqual(['safe-additive', 'safe-additive', 'destructive-breaking'])
})

test('what was added by hand', async () => {
  const { judged } = await analysed({
    ...first,
    ...lock,
    'versions/20240102_x/migration.sql': 'ALTER TABLE "User" ADD COLUMN "x" INTEGER;\n-- [CUSTOM_CHANGE]\nUPDATE "User" SET "x" = "id";',
  })
  expect(judged[1]).toMatchObject({ classes: ['data-migration', 'lock-heavy', 'safe-additive'], label: 'mixed' })
})

test('the dialect is what the lock file says', async () => {
  const { judged } = await analysed({ ...first, 'versions/migration_lock.toml': 'provider = "mysql"' })
  expect(judged[0]!.migration.dialect).toBe('mysql')
})
