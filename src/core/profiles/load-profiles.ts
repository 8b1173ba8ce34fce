import { constants, type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Compile } from 'typebox/compile'
import { PrintMasterError } from '../model/error.ts'
import { MAKERS } from './makers.ts'
import { type Profile, ProfileSchema } from './profile.ts'
import { escapeControls, findProfileMistakes } from './profile-mistakes.ts'

const MAX_FILE = 1024 * 1024
const MAX_MISTAKES = 20
const validator = Compile(ProfileSchema)

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'it is no directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its symbolic links go round in a circle',
}

/**
 * The profiles to use: a user's own (every .json file of a directory, one profile in each) before those that come with
 * the program. A profile with the name of a built-in one takes its place.
 *
 * @throws PrintMasterError bad_profile with the file, the field and what to write, one mistake a line; file_unreadable
 */
export async function loadProfiles(directory: string | null): Promise<readonly Profile[]> {
  if (directory === null) return MAKERS
  const files = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(`[profiles] directory: cannot read ${directory}`, error)
  })
  const own: Array<{ path: string; profile: Profile }> = []
  for (const file of files.filter((name) => /\.json$/i.test(name)).toSorted()) {
    const path = join(directory, file)
    const profile = await loadProfile(path)
    const other = own.find((each) => each.profile.name === profile.name)
    if (other) {
      throw new PrintMasterError(
        'bad_profile',
        `${path}: name: ${other.path} has the name "${profile.name}" too; give each its own`,
      )
    }
    own.push({ path, profile })
  }
  checkMatchers(
    own.map(({ path, profile }) => ({ ...profile, name: `${profile.name} (${path})` })),
    'the profiles of your own',
  )
  const profiles = own.map(({ profile }) => profile)
  return [...profiles, ...MAKERS.filter((maker) => !profiles.some(({ name }) => name === maker.name))]
}

async function loadProfile(path: string): Promise<Profile> {
  const bytes = await readFile(path)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) // a byte order mark is left out
  } catch (error) {
    const reason = error instanceof SyntaxError ? `JSON (${error.message})` : 'UTF-8; save it as plain text in UTF-8'
    throw new PrintMasterError('bad_profile', `${path}: is not ${escapeControls(reason)}`)
  }
  return parseProfile(value, path)
}

/** A file of at most MAX_FILE bytes. A pipe or a device could give bytes for ever, or none. */
async function readFile(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined
  try {
    // Without this, opening a pipe waits for the one who writes into it. Windows has neither.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const stat = await file.stat()
    if (!stat.isFile()) {
      throw new PrintMasterError('bad_profile', `${path}: is not a regular file; a profile is one file of JSON`)
    }
    if (stat.size > MAX_FILE) {
      const size = `is ${stat.size} bytes long; a profile has at most ${MAX_FILE}`
      throw new PrintMasterError('bad_profile', `${path}: ${size}`)
    }
    return await file.readFile()
  } catch (error) {
    if (error instanceof PrintMasterError) throw error
    throw unreadable(`cannot read the profile ${path}`, error as NodeJS.ErrnoException)
  } finally {
    await file?.close()
  }
}

function unreadable(what: string, error: NodeJS.ErrnoException): PrintMasterError {
  const reason = REASONS[error.code ?? '']
  const code = error.code ?? error.message
  return new PrintMasterError('file_unreadable', `${what}: ${reason === undefined ? code : `${reason} (${code})`}`)
}

/** @throws PrintMasterError bad_profile naming each field that is wrong, one a line */
export function parseProfile(value: unknown, where: string): Profile {
  const mistakes = findProfileMistakes(value)
  if (mistakes.length === 0 && validator.Check(value)) return value
  if (mistakes.length === 0) {
    const [problem] = validator.Errors(value)
    const field = problem?.instancePath ? `${problem.instancePath.slice(1).replaceAll('/', '.')}: ` : ''
    mistakes.push(`${field}${problem?.message ?? 'is not a profile'}`)
  }
  const more = mistakes.length - MAX_MISTAKES
  const shown = more > 0 ? [...mistakes.slice(0, MAX_MISTAKES), `and ${more} more mistakes`] : mistakes
  throw new PrintMasterError('bad_profile', shown.map((mistake) => `${where}: ${mistake}`).join('\n'))
}

/** Two profiles that the same sysObjectID would choose. @throws PrintMasterError bad_profile */
export function checkMatchers(profiles: readonly Profile[], what: string): void {
  const owners = new Map<string, string>()
  for (const { name, sys_object_ids } of profiles) {
    for (const prefix of sys_object_ids) {
      const owner = owners.get(prefix)
      if (owner !== undefined) {
        const who = owner === name ? `${name} names it twice` : `${owner} and ${name} both name it`
        throw new PrintMasterError('bad_profile', `${what}: sys_object_ids: ${prefix}: ${who}; leave it to one`)
      }
      owners.set(prefix, name)
    }
  }
}

/** The profiles, without the models whose own objects are not to be asked for. */
export function withoutDenyList(profiles: readonly Profile[]): Profile[] {
  return profiles.map(({ workarounds = [], ...rest }) => ({
    ...rest,
    workarounds: workarounds.filter(({ kind }) => kind !== 'avoid_private_objects'),
  }))
}
