import type { Credential, SecurityLevel, UserCredential } from '../model/credential.ts'
import type { Findings, SectionValues } from './read-section.ts'
import type { NAMED_SNMP_KEYS, SNMP_KEYS } from './schema.ts'

type SnmpSection = SectionValues<typeof SNMP_KEYS> | SectionValues<typeof NAMED_SNMP_KEYS>

/**
 * The credentials of `[snmp]` or `[snmp.NAME]` in the order of its versions. Checks what spans several keys: a version
 * has what it needs, and nothing is given that its version or security level would pass over.
 */
export function buildCredentials(section: string, read: SnmpSection, findings: Findings): Credential[] {
  const { values, stated } = read
  const complain = (key: string, problem: string) =>
    findings.problems.push(`${stated.get(key) ?? `[${section}] ${key}`}: ${problem}`)
  const versions = values.version ?? []
  if (versions.length === 0) return []
  if (stated.has('username') && !versions.includes('3')) {
    complain('username', `is for SNMPv3, and version is ${versions.join(', ')}; add version = 3`)
  }
  if (stated.has('community') && versions.every((version) => version === '3')) {
    complain('community', 'is for v1 and v2c, and version is 3; add 2c to version, or remove community')
  }
  return versions.flatMap((version): Credential[] => {
    if (version === '3') return buildUser(section, read, complain, findings)
    const { community } = values
    if (community === undefined) {
      // A value that was refused has its own problem already.
      if (!stated.has('community'))
        complain('community', `version ${version} needs one; or write version = 3 with a username`)
      return []
    }
    return community.map((secret, i) => ({
      name: community.length > 1 ? `${section}#${i + 1}` : section,
      version,
      community: secret,
    }))
  })
}

function buildUser(
  section: string,
  { values, stated }: SnmpSection,
  complain: (key: string, problem: string) => void,
  findings: Findings,
): UserCredential[] {
  const { username, context_name } = values
  const level = values.security_level ?? deriveLevel(stated)
  const needs = { auth: level !== 'noAuthNoPriv', priv: level === 'authPriv' }
  let complete = username !== undefined
  if (!stated.has('username')) complain('username', 'version 3 needs one')
  for (const [part, needed] of Object.entries(needs)) {
    const key = `${part}_key`
    if (needed && !stated.has(key)) complain(key, `security_level ${level} needs one (or ${key}_file)`)
    if (!needed && stated.has(key))
      findings.warnings.push(`${stated.get(key)}: is not used with security_level ${level}`)
  }
  const { auth_protocol, auth_key, priv_protocol, priv_key } = values
  if (needs.auth && (auth_key === undefined || auth_protocol === undefined)) complete = false
  if (needs.priv && (priv_key === undefined || priv_protocol === undefined)) complete = false
  if (!complete) return []
  return [
    {
      name: section,
      version: '3',
      username: username as string,
      security_level: level,
      ...(needs.auth && auth_key && auth_protocol ? { auth_protocol, auth_key } : {}),
      ...(needs.priv && priv_key && priv_protocol ? { priv_protocol, priv_key } : {}),
      ...(context_name === undefined ? {} : { context_name }),
    },
  ]
}

function deriveLevel(stated: ReadonlyMap<string, string>): SecurityLevel {
  if (stated.has('priv_key')) return 'authPriv'
  return stated.has('auth_key') ? 'authNoPriv' : 'noAuthNoPriv'
}
