import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PlayedUserFlags, readPlayedUser } from '../../src/core/snmp/player/read-user.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'printmaster-user-'))
  await writeFile(join(folder, 'key'), 'from a file\n')
  await writeFile(join(folder, 'short'), 'short\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const read = (flags: PlayedUserFlags, environment = {}, stdin = '') => {
  return readPlayedUser({ 'v3-user': 'monitor', ...flags }, environment, Readable.from([stdin]))
}

test('the keys that are there decide the level', async () => {
  expect((await read({})).security_level).toBe('noAuthNoPriv')
  const auth = await read({ 'auth-key-file': join(folder, 'key'), 'auth-protocol': 'sha512' })
  expect(auth).toMatchObject({ username: 'monitor', security_level: 'authNoPriv', auth_protocol: 'sha512' })
  expect(auth.auth_key?.reveal()).toBe('from a file')
})

test('keys from stdin and from the environment; protocols have defaults', async () => {
  const user = await read({ 'auth-key-file': '-' }, { PRINTMASTER_SNMP_PRIV_KEY: 'from outside' }, 'from stdin\r\n')
  expect(user).toMatchObject({ security_level: 'authPriv', auth_protocol: 'sha1', priv_protocol: 'aes128' })
  expect([user.auth_key?.reveal(), user.priv_key?.reveal()]).toEqual(['from stdin', 'from outside'])
})

test('mistakes name the flag and never the key', async () => {
  await expect(read({ 'auth-key-file': '-', 'priv-key-file': '-' })).rejects.toThrow('only one of them can be stdin')
  await expect(read({}, { PRINTMASTER_SNMP_PRIV_KEY: 'privacy key' })).rejects.toThrow('needs an authentication key')
  await expect(read({ 'auth-key-file': join(folder, 'none') })).rejects.toMatchObject({ code: 'file_unreadable' })
  const short = read({ 'auth-key-file': join(folder, 'short') })
  await expect(short).rejects.toThrow(/^--auth-key-file \(.*\): a key has 8 to 1024 characters$/)
})
