import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chooseProfile } from '../../src/core/profiles/choose-profile.ts'
import { checkMatchers, loadProfiles, parseProfile } from '../../src/core/profiles/load-profiles.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'profiles-'))
})
afterEach(() => rm(directory, { recursive: true }))

const OWN = { name: 'acme', manufacturer: 'Acme', sys_object_ids: ['1.3.6.1.4.1.99999'] }
const write = (file: string, value: unknown) =>
  writeFile(join(directory, file), typeof value === 'string' ? value : JSON.stringify(value))

test('every built-in profile passes the validator, has its own name and its own matchers', () => {
  for (const profile of MAKERS) expect(parseProfile(structuredClone(profile), profile.name)).toEqual(profile)
  expect(new Set(MAKERS.map(({ name }) => name)).size).toBe(MAKERS.length)
  expect(() => checkMatchers(MAKERS, 'built in')).not.toThrow()
})

test("a user's profiles come first, and one with a built-in name takes its place", async () => {
  await write('acme.json', OWN)
  await write('hp.json', { ...OWN, name: 'hp', manufacturer: 'HP', sys_object_ids: ['1.3.6.1.4.1.11'] })
  await write('notes.txt', 'not a profile')
  const profiles = await loadProfiles(directory)
  expect(profiles.slice(0, 2).map(({ name }) => name)).toEqual(['acme', 'hp'])
  expect(profiles.filter(({ name }) => name === 'hp')).toHaveLength(1)
  expect(chooseProfile('1.3.6.1.4.1.99999.1.2', profiles)?.profile.manufacturer).toBe('Acme')
})

test('without a directory the built-in ones are used', async () => {
  expect(await loadProfiles(null)).toBe(MAKERS)
})

test('the longest prefix of sysObjectID wins, whole sub-identifiers only', () => {
  const general = { ...OWN, name: 'general', sys_object_ids: ['1.3.6.1.4.1.99999'] }
  const special = { ...OWN, name: 'special', sys_object_ids: ['1.3.6.1.4.1.99999.7'] }
  for (const profiles of [
    [general, special],
    [special, general],
  ]) {
    expect(chooseProfile('1.3.6.1.4.1.99999.7.1', profiles)?.profile.name).toBe('special')
    expect(chooseProfile('1.3.6.1.4.1.99999.70', profiles)?.profile.name).toBe('general')
    expect(chooseProfile('1.3.6.1.4.1.999990', profiles)).toBeNull()
  }
})

test('two profiles with the same matcher are refused', async () => {
  await write('a.json', { ...OWN, name: 'a' })
  await write('b.json', { ...OWN, name: 'b' })
  await expect(loadProfiles(directory)).rejects.toMatchObject({
    code: 'bad_profile',
    message: 'the profiles of your own: a and b both match sysObjectID 1.3.6.1.4.1.99999',
  })
})

test.each([
  ['{', /acme\.json: is not JSON/],
  [{ ...OWN, manufacturer: undefined }, /acme\.json: .*manufacturer/],
  [{ ...OWN, sys_object_ids: ['one.two'] }, /acme\.json: sys_object_ids\.0: /],
  [{ ...OWN, colour: 'red' }, /acme\.json: /],
  [{ ...OWN, counters: [{ name: 'pages', oid: '1.3.6.1' }] }, /acme\.json: counters\.0/],
])('a profile that is wrong is refused, naming file and field: %j', async (value, message) => {
  await write('acme.json', value)
  await expect(loadProfiles(directory)).rejects.toMatchObject({
    code: 'bad_profile',
    message: expect.stringMatching(message),
  })
})

test('a directory that is not there is refused', async () => {
  await expect(loadProfiles(join(directory, 'none'))).rejects.toMatchObject({
    code: 'file_unreadable',
    message: expect.stringContaining('ENOENT'),
  })
})
