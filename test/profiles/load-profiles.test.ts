import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chooseProfile } from '../../src/core/profiles/choose-profile.ts'
import { checkMatchers, loadProfiles, parseProfile } from '../../src/core/profiles/load-profiles.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import { ProfileSchema } from '../../src/core/profiles/profile.ts'
import { findProfileMistakes } from '../../src/core/profiles/profile-mistakes.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'profiles-'))
})
afterEach(() => rm(directory, { recursive: true }))

const OWN = { name: 'acme', manufacturer: 'Acme', sys_object_ids: ['1.3.6.1.4.1.99999'] }
const write = (file: string, value: unknown) =>
  writeFile(
    join(directory, file),
    typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value),
  )
/** What `loadProfiles` says of the mistakes, line by line, the directory left out. */
const complaintsOf = async (code = 'bad_profile'): Promise<string[]> => {
  const error = await loadProfiles(directory).then(
    () => null,
    (reason: Error) => reason,
  )
  expect(error).toMatchObject({ code })
  return (error as Error).message.replaceAll(`${directory}/`, '').split('\n')
}

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

test('the profile in docs/adding-a-printer.md is one', async () => {
  const page = await readFile(new URL('../../docs/adding-a-printer.md', import.meta.url), 'utf8')
  const text = /```json\n([^`]+)```/.exec(page)?.[1] ?? ''
  expect(parseProfile(JSON.parse(text), 'docs').name).toBe('acme')
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

test('of an own profile and a built-in one with the same prefix the own one is chosen', async () => {
  const [maker] = MAKERS
  const [prefix] = maker?.sys_object_ids ?? []
  await write('acme.json', { ...OWN, sys_object_ids: [prefix] })
  const profiles = await loadProfiles(directory)
  expect(profiles).toContain(maker)
  expect(chooseProfile(`${prefix}.0`, profiles)).toEqual({ profile: profiles[0], prefix })
  expect(profiles[0]?.name).toBe('acme')
})

test('two own profiles with the same matcher are refused', async () => {
  await write('a.json', { ...OWN, name: 'a' })
  await write('b.json', { ...OWN, name: 'b' })
  expect(await complaintsOf()).toEqual([
    'the profiles of your own: sys_object_ids: 1.3.6.1.4.1.99999: a (a.json) and b (b.json) both name it; leave it to one',
  ])
})

test('two own profiles with the same name are refused', async () => {
  await write('a.json', OWN)
  await write('b.json', { ...OWN, sys_object_ids: ['1.3.6.1.4.1.99998'] })
  expect(await complaintsOf()).toEqual(['b.json: name: a.json has the name "acme" too; give each its own'])
})

const AT = '1.3.6.1.4.1.99999.1.5.0'
const WHY = { reason: 'seen on one device', shown_by: [] }

describe('a profile that is wrong is refused with file, field and what to write', () => {
  test.each<[wrong: unknown, complaint: string]>([
    [[], 'is a list; write an object with name, manufacturer, sys_object_ids, '],
    [{ ...OWN, manufacturer: undefined }, 'manufacturer: is missing; write a text: the maker'],
    [{ ...OWN, name: 'Acme X' }, 'name: "Acme X" does not fit; write lower-case letters'],
    [{ ...OWN, colour: 'red' }, 'colour: is no key here; there are name, manufacturer'],
    [{ ...OWN, counter: [] }, 'counter: is no key here; did you mean counters?'],
    [
      { name: 'a', manufacturer: 'A', sys_object_id: [] },
      'sys_object_id: is no key here; did you mean sys_object_ids?',
    ],
    [{ ...OWN, sys_object_ids: AT }, `sys_object_ids: is "${AT}"; write a list of OIDs such as ["1.3.6.1.4.1.99999"]`],
    [{ ...OWN, sys_object_ids: [] }, 'sys_object_ids: is empty; write at least one'],
    [{ ...OWN, after_standard: { seriel: [] } }, 'after_standard.seriel: is no key here; did you mean serial?'],
    [
      { ...OWN, after_standard: { serial: [{ ieee1284: 'serail' }] } },
      'after_standard.serial.0.ieee1284: "serail" is none of manufacturer, model, serial; did you mean serial?',
    ],
    [
      { ...OWN, after_standard: { serial: [{ oid: AT, ieee1284: 'serial' }] } },
      'after_standard.serial.0.ieee1284: does not go with oid; beside it go after, before',
    ],
    [
      { ...OWN, after_standard: { serial: [{ oid: AT, after: 5 }] } },
      'after_standard.serial.0.after: is 5; write a text or a list of texts',
    ],
    [
      { ...OWN, counters: [{ name: 'pages', oid: AT }] },
      'counters.0.name: "pages" is none of page_count, color_pages, ',
    ],
    [
      { ...OWN, counters: [{ name: 'page_count' }] },
      'counters.0: does not say where the value stands; write oid, or sum, or labels + values + label',
    ],
    [
      { ...OWN, counters: [{ name: 'page_count', labels: '1.3.6', label: [1] }] },
      'counters.0.values: is missing; write an OID such as 1.3.6.1.4.1.99999',
    ],
    [{ ...OWN, counters: [{ name: 'page_count', oids: AT }] }, 'counters.0.oids: is no key here; did you mean oid?'],
    [
      { ...OWN, counters: [{ name: 'page_count', oid: AT, record: 300 }] },
      'counters.0.record: 300 is too large; write 255 or less',
    ],
    [
      { ...OWN, supply_levels: [{ kinds: ['tonner'], names: '1.3.6', levels: '1.3.7' }] },
      'supply_levels.0.kinds.0: "tonner" is none of toner, ink, drum, fuser, transfer_belt, waste_toner, waste_ink, ' +
        'developer, maintenance, staples, other; did you mean toner?',
    ],
    [
      { ...OWN, supply_levels: [{ kinds: ['toner'], oid: AT, divisor: 100 }] },
      'supply_levels.0.color: is missing; write a text: the colour of the one supply that is meant',
    ],
    [
      { ...OWN, workarounds: [{ kind: 'levels_in_step', step_percent: 10, ...WHY }] },
      'workarounds.0.kind: "levels_in_step" is none of level_means_empty, levels_in_steps, avoid_private_objects; ' +
        'did you mean levels_in_steps?',
    ],
    [
      { ...OWN, workarounds: [{ step_percent: 10, ...WHY }] },
      'workarounds.0.kind: is missing; write one of level_means_empty, levels_in_steps, avoid_private_objects',
    ],
    [
      { ...OWN, workarounds: [{ kind: 'levels_in_steps', ...WHY }] },
      'workarounds.0.step_percent: is missing; write a whole number: ',
    ],
    [{ ...OWN, 'a\n\u202e': 1 }, 'a\\u{a}\\u{202e}: is no key here; '],
  ])('%j', async (wrong, complaint) => {
    await write('acme.json', wrong)
    const complaints = await complaintsOf()
    expect(complaints).toHaveLength(1)
    expect(complaints[0]).toContain(`acme.json: ${complaint}`)
  })

  test.each([
    ['.1.3.6.1', 'write it without the leading dot'],
    ['1.3.6.01', 'write 01 without leading zeros'],
    ['1.3.6.4294967296', '4294967296 is larger than 4294967295'],
    ['1.40.6', 'it begins with 0, 1 or 2, and behind 0 and 1 stands at most 39'],
    ['3.1.6', 'it begins with 0, 1 or 2, and behind 0 and 1 stands at most 39'],
    ['1.3.6.', `write numbers with dots between them: ${AT}`],
    ['one.two', `write numbers with dots between them: ${AT}`],
    ['1', 'it has 2 to 128 numbers'],
    [`1.3${'.1'.repeat(127)}`, 'it has 2 to 128 numbers'],
    ['1.3.6.{d}', '{d} has no place here'],
  ])('the OID %s', async (oid, fault) => {
    await write('acme.json', { ...OWN, sys_object_ids: [oid] })
    const [complaint] = await complaintsOf()
    expect(complaint).toMatch(/^acme\.json: sys_object_ids\.0: "/)
    expect(complaint).toContain(`" is no OID: ${fault}`)
  })

  test('an OID may have 32 bits a number, and {d} at its end where an instance is meant', async () => {
    const firmware = ['1.3.6.1.4.1.4294967295.0', '1.3.6.1.4.1.99999.{d}'].map((oid) => ({ oid }))
    await write('acme.json', { ...OWN, after_standard: { firmware } })
    await expect(loadProfiles(directory)).resolves.toHaveLength(MAKERS.length + 1)
    await write('acme.json', { ...OWN, after_standard: { firmware: [{ oid: '1.3.6.{d}.1' }, { oid: '1.3.06.{d}' }] } })
    expect(await complaintsOf()).toEqual([
      'acme.json: after_standard.firmware.0.oid: "1.3.6.{d}.1" is no OID: {d} stands at the end only',
      'acme.json: after_standard.firmware.1.oid: "1.3.06.{d}" is no OID: write 06 without leading zeros',
    ])
  })

  test('with all of its mistakes, up to a number that can be read', async () => {
    await write('acme.json', { ...OWN, name: 'A', counters: [{}, { name: 'page_count', oid: 'x' }] })
    expect(await complaintsOf()).toHaveLength(3)
    await write('acme.json', { ...OWN, sys_object_ids: Array.from({ length: 50 }, () => 'x') })
    const complaints = await complaintsOf()
    expect(complaints).toHaveLength(21)
    expect(complaints.at(-1)).toBe('acme.json: and 30 more mistakes')
  })
})

/** The value with one of its parts, at any depth, taken out or replaced. */
function* spoil(value: unknown): Generator<unknown> {
  for (const other of [null, 0, -1, 1e9, 'x', '', [], {}, [null], { oid: AT }]) yield other
  if (typeof value !== 'object' || value === null) return
  const put = (key: string, part: unknown[]): unknown => {
    const entries = Object.entries(value).flatMap(([name, each]) =>
      name === key ? part.map((p) => [name, p]) : [[name, each]],
    )
    return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries)
  }
  if (!Array.isArray(value)) yield { ...value, other: 1 }
  for (const [key, part] of Object.entries(value)) {
    yield put(key, [])
    for (const spoilt of spoil(part)) yield put(key, [spoilt])
  }
}

test('mistakes are found where the validator finds some, and nowhere else', () => {
  const validator = Compile(ProfileSchema)
  const kinds = ['toner']
  const full = {
    ...OWN,
    printer_products: [AT],
    presence: [AT],
    before_standard: { serial: [{ oid: AT, after: ['a', 'b'], before: 'c' }, { ieee1284: 'serial' }] },
    supply_levels: [
      { kinds, color: 'black', oid: AT, record: 1, divisor: 100 },
      { kinds, names: AT, levels: AT, empty: -1 },
    ],
    workarounds: [
      { kind: 'level_means_empty', level: -10, ...WHY },
      { kind: 'levels_in_steps', step_percent: 10, models: ['X1'], ...WHY },
      { kind: 'avoid_private_objects', models: ['X100'], ...WHY },
    ],
    counters: [
      { name: 'page_count', oid: AT, record: 1 },
      { name: 'color_pages', sum: [AT], and_if_there: [AT] },
      { name: 'mono_pages', labels: AT, values: AT, label: [1, 'a'] },
    ],
  }
  expect(findProfileMistakes(full)).toEqual([])
  for (const profile of MAKERS) expect(findProfileMistakes(profile)).toEqual([])
  for (const spoilt of spoil(full)) {
    const mistakes = findProfileMistakes(spoilt)
    if (mistakes.length > 0 === validator.Check(spoilt)) expect.fail(`${JSON.stringify(spoilt)}: ${mistakes}`)
  }
})

describe('the files of a directory', () => {
  test('end in .json in any case, and may begin with a byte order mark', async () => {
    await write('A.JSON', OWN)
    await write('b.Json', `\ufeff${JSON.stringify({ ...OWN, name: 'b', sys_object_ids: ['1.3.6.1.4.1.99998'] })}`)
    expect((await loadProfiles(directory)).slice(0, 2).map(({ name }) => name)).toEqual(['acme', 'b'])
  })

  test('that are no JSON, or no UTF-8, are refused', async () => {
    await write('acme.json', '{"a\u2028')
    expect((await complaintsOf())[0]).toMatch(/^acme\.json: is not JSON \(.*\)$/)
    await write('acme.json', Buffer.from(`\ufeff${JSON.stringify(OWN)}`, 'utf16le'))
    expect(await complaintsOf()).toEqual(['acme.json: is not UTF-8; save it as plain text in UTF-8'])
  })

  test('are at most 1 MiB long', async () => {
    const text = JSON.stringify(OWN)
    await write('acme.json', text.padEnd(1024 * 1024))
    await expect(loadProfiles(directory)).resolves.toHaveLength(MAKERS.length + 1)
    await write('acme.json', text.padEnd(1024 * 1024 + 1))
    expect(await complaintsOf()).toEqual(['acme.json: is 1048577 bytes long; a profile has at most 1048576'])
  })

  test.skipIf(process.platform === 'win32')('are regular files, or links to such', async () => {
    await write('acme.txt', OWN)
    await symlink('acme.txt', join(directory, 'acme.json'))
    await expect(loadProfiles(directory)).resolves.toHaveLength(MAKERS.length + 1)
    const make: Array<(path: string) => unknown> = [
      (path) => mkdir(path),
      (path) => symlink('/dev/zero', path),
      (path) => execFileSync('mkfifo', [path]),
    ]
    for (const each of make) {
      await each(join(directory, 'b.json'))
      expect(await complaintsOf()).toEqual(['b.json: is not a regular file; a profile is one file of JSON'])
      await rm(join(directory, 'b.json'), { recursive: true })
    }
    await symlink('nowhere', join(directory, 'b.json'))
    expect(await complaintsOf('file_unreadable')).toEqual(['cannot read the profile b.json: it is not there (ENOENT)'])
  })
})

test('a directory that is not there is refused', async () => {
  await expect(loadProfiles(join(directory, 'none'))).rejects.toMatchObject({
    code: 'file_unreadable',
    message: expect.stringContaining('ENOENT'),
  })
})
