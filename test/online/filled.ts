// A database of an engine by its name, filled, with Godwit connected; gone at the end of the test.
import { onTestFinished } from 'vitest'
import { connect } from '../../src/api.ts'
import { serverUrl } from '../support/postgres.ts'
import { engines } from '../targets/engines.ts'

export async function filled(name: string, setup: string) {
  const place = await engines.find(([n]) => n === name)![1]()
  await place.app.sql(setup)
  const db = await connect(place.url, { workshop: serverUrl() })
  onTestFinished(async () => {
    await db.close()
    await place.app.end()
    await place.drop()
  })
  return { place, db }
}
