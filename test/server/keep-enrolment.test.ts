import { expect, it, onTestFinished } from 'vitest'
import { Secret } from '../../src/core/model/secret.ts'
import { keepEnrolmentToken } from '../../src/core/server/auth/keep-enrolment.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { ADMIN, newToken } from '../store/sample-batches.ts'
import { createDirectory } from './start-test-server.ts'

it('an enrolment token ends when another one, or none, stands in the config', async () => {
  const store = openSqliteStore(`${createDirectory()}/x.db`)
  onTestFinished(() => store.close())
  const other = await store.createToken(newToken({ name: 'by hand' }), ADMIN, 1000)
  const states = async () =>
    (await store.listTokens(2000))
      .filter(({ token_id }) => token_id !== other.token_id)
      .map(({ state }) => state)
      .toSorted()
  const [former, next] = [new Secret('a'.repeat(40)), new Secret('b'.repeat(40))]
  await keepEnrolmentToken(store, former, 1000)
  await keepEnrolmentToken(store, former, 1100)
  expect(await states()).toEqual(['valid'])
  await keepEnrolmentToken(store, next, 1200)
  expect(await states()).toEqual(['revoked', 'valid'])
  await keepEnrolmentToken(store, null, 1300)
  expect(await states()).toEqual(['revoked', 'revoked'])
  expect((await store.listTokens(2000)).find(({ token_id }) => token_id === other.token_id)?.state).toBe('valid')
})
