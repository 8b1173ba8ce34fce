import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Compile } from 'typebox/compile'
import { PrintMasterError } from '../model/error.ts'
import { MAKERS } from './makers.ts'
import { type Profile, ProfileSchema } from './profile.ts'

const MAX_FILE = 1024 * 1024
const validator = Compile(ProfileSchema)

/**
 * The profiles to use: a user's own (every .json file of a directory, one profile in each) before those that come with
 * the program. A profile with the name of a built-in one takes its place.
 *
 * @throws PrintMasterError bad_profile with the file and the field; file_unreadable
 */
export async function loadProfiles(directory: string | null): Promise<readonly Profile[]> {
  if (directory === null) return MAKERS
  const files = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    throw new PrintMasterError('file_unreadable', `[profiles] directory: cannot read ${directory} (${error.code})`)
  })
  const own: Profile[] = []
  for (const file of files.filter((name) => name.endsWith('.json')).toSorted()) {
    own.push(await loadProfile(join(directory, file)))
  }
  checkMatchers(own, 'the profiles of your own')
  return [...own, ...MAKERS.filter((maker) => !own.some(({ name }) => name === maker.name))]
}

async function loadProfile(path: string): Promise<Profile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new PrintMasterError('file_unreadable', `cannot read the profile ${path} (${error.code})`)
  })
  if (bytes.length > MAX_FILE)
    throw new PrintMasterError('bad_profile', `${path}: a profile is at most ${MAX_FILE} bytes`)
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new PrintMasterError('bad_profile', `${path}: is not JSON (${(error as Error).message})`)
  }
  return parseProfile(value, path)
}

/** @throws PrintMasterError bad_profile naming the first field that is wrong */
export function parseProfile(value: unknown, where: string): Profile {
  if (validator.Check(value)) return value
  const [problem] = validator.Errors(value)
  const field = problem?.instancePath ? problem.instancePath.slice(1).replaceAll('/', '.') : 'the profile'
  throw new PrintMasterError('bad_profile', `${where}: ${field}: ${problem?.message ?? 'is not a profile'}`)
}

/** Two profiles that the same sysObjectID would choose. @throws PrintMasterError bad_profile */
export function checkMatchers(profiles: readonly Profile[], what: string): void {
  const owners = new Map<string, string>()
  for (const { name, sys_object_ids } of profiles) {
    for (const prefix of sys_object_ids) {
      const owner = owners.get(prefix)
      if (owner !== undefined) {
        throw new PrintMasterError('bad_profile', `${what}: ${owner} and ${name} both match sysObjectID ${prefix}`)
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
