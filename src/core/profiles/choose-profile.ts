import { isWithin } from '../snmp/oid.ts'
import { findBadge } from './badges.ts'
import type { Profile } from './profile.ts'

/** A profile, and what chose it: the prefix of sysObjectID, an object that is there, or the maker's name. */
export interface ChosenProfile {
  profile: Profile
  prefix: string
}

/** The profile with the longest matching prefix of sysObjectID; null for a device of no known maker. */
export function chooseProfile(sysObjectId: string | null, profiles: readonly Profile[]): ChosenProfile | null {
  if (!sysObjectId) return null
  let best: ChosenProfile | null = null
  for (const profile of profiles) {
    for (const prefix of profile.sys_object_ids) {
      if (isWithin(sysObjectId, prefix) && prefix.length > (best?.prefix.length ?? 0)) best = { profile, prefix }
    }
  }
  return best
}

/** The profile of the maker whose name one of the texts begins with. */
export function chooseByName(texts: readonly string[], profiles: readonly Profile[]): ChosenProfile | null {
  for (const text of texts) {
    const name = findBadge(text)?.name
    const profile = name === undefined ? undefined : profiles.find(({ manufacturer }) => manufacturer === name)
    if (name !== undefined && profile) return { profile, prefix: name }
  }
  return null
}

/** Objects whose presence proves a printer: of the chosen maker, or of every maker where sysObjectID names none. */
export function presenceObjects(chosen: ChosenProfile | null, profiles: readonly Profile[]): string[] {
  return (chosen ? [chosen.profile] : profiles).flatMap((profile) => profile.presence ?? [])
}

/** The first presence object among the values, and the profile it belongs to. */
export function findPresence(
  values: ReadonlyMap<string, unknown>,
  profiles: readonly Profile[],
): { oid: string; chosen: ChosenProfile } | null {
  for (const profile of profiles) {
    const oid = profile.presence?.find((each) => values.has(each))
    if (oid) return { oid, chosen: { profile, prefix: oid } }
  }
  return null
}
