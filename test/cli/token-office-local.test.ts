import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { AccessFlags } from '../../src/cli/access-flags.ts'
import { openLocalOffice } from '../../src/cli/token-office-local.ts'
import { MIGRATIONS, migrate } from '../../src/core/store/sqlite/migrate.ts'
import { openDatabase } from '../../src/core/store/sqlite/open-database.ts'

async function makePlace() {
  const directory = await mkdtemp(join(tmpdir(), 'printmaster-office-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const config = join(directory, 'config.ini')
  await writeFile(config, '')
  const database = join(directory, 'printmaster.db')
  return { directory, database, flags: { config, database } as unknown as AccessFlags }
}

it('looking at tokens leaves the database of a server as it is, an older one too', async () => {
  const { directory, database, flags } = await makePlace()
  const db = openDatabase(database)
  migrate(db, database, MIGRATIONS.slice(0, 1))
  db.close()
  const before = await readFile(database)
  const office = await openLocalOffice(flags, false, () => undefined)
  const refused = expect.objectContaining({ code: 'unavailable', message: expect.stringContaining('older schema 1') })
  await expect(office.list()).rejects.toEqual(refused)
  await office.close()
  expect((await readFile(database)).equals(before)).toBe(true)
  expect((await readdir(directory)).filter((name) => name.includes('.before-'))).toEqual([])
})

it('makes, shows and revokes tokens, each with an office of its own', async () => {
  const { flags } = await makePlace()
  const visit = async <T>(
    makes: boolean,
    work: (office: Awaited<ReturnType<typeof openLocalOffice>>) => Promise<T>,
  ) => {
    const office = await openLocalOffice(flags, makes, () => undefined)
    return work(office).finally(() => office.close())
  }
  const { token_id } = await visit(true, (office) => office.create({ scope: 'viewer' }))
  expect(await visit(false, (office) => office.list())).toMatchObject([{ token_id, state: 'valid' }])
  expect(await visit(false, (office) => office.revoke(token_id))).toMatchObject({ token_id, state: 'revoked' })
  expect(await visit(false, (office) => office.list())).toMatchObject([{ token_id, state: 'revoked' }])
})

it('says where there is no database', async () => {
  const { database, flags } = await makePlace()
  const office = await openLocalOffice(flags, false, () => undefined)
  await expect(office.list()).rejects.toThrow(database)
  await office.close()
})
