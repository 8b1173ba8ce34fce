import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { ageFleet } from '../retention/aged-fleet.ts'
import { ACCESS_KEY, REGION, startStore } from '../retention/archive/s3-store.ts'
import { DAY } from '../store/sample-batches.ts'
import { createFolder, runCli } from './run-cli.ts'

// the built program loads the client in another way than the sources do
test('the built program archives to a store that speaks S3, reads it back, verifies and restores', async () => {
  const { endpoint } = await startStore()
  const folder = createFolder()
  const database = join(folder, 'printmaster.db')
  const midnight = Math.floor(Date.now() / DAY) * DAY
  const store = openSqliteStore(database)
  await ageFleet(store, database, 1, 40, midnight)
  await store.close()
  const config = join(folder, 'config.ini')
  const configure = (secret: string) =>
    writeFileSync(
      config,
      `[retention]\narchive = s3\ns3_bucket = printers\ns3_endpoint = ${endpoint}\ns3_region = ${REGION}\n` +
        `s3_access_key_id = ${ACCESS_KEY.id}\ns3_secret_access_key = ${secret}\n`,
      { mode: 0o600 },
    )
  const retention = (...args: string[]) =>
    runCli(['retention', ...args, '--config', config, '--database', database, '--json'])

  configure('another-secret')
  const refused = await retention('run')
  expect(refused.code).toBe(1)
  expect(refused.stderr + refused.stdout).toContain('the secret does not fit the access key')
  expect(refused.stderr + refused.stdout).not.toContain('another-secret')

  configure(ACCESS_KEY.secret)
  const run = await retention('run')
  expect(run).toMatchObject({ code: 0 })
  const rows = 10 * 24 + 1
  expect(JSON.parse(run.stdout)).toMatchObject({ archived: rows, deleted: rows, error: null })
  expect(JSON.parse((await retention('archive', '--verify')).stdout)).toMatchObject([{ rows, problem: null }])
  const day = (days: number) => new Date(midnight - days * DAY).toISOString().slice(0, 10)
  const restored = await retention('restore', '--from', day(38), '--to', day(37))
  expect(JSON.parse(restored.stdout)).toMatchObject({ restored: 48 })
})
