import type { AlertOptions, ChannelOptions } from '../alerts/alert-options.ts'
import { isLoopback } from '../model/is-loopback.ts'
import type { Secret } from '../model/secret.ts'
import { ALERT_KINDS, type AlertKind, type AlertLevel } from '../protocol/alerts.ts'
import { type ALERTS_KEYS, CHANNEL_TYPES, type NAMED_ALERTS_KEYS } from './alert-keys.ts'
import type { SectionValues } from './read-section.ts'

type Complain = (problem: string) => void
type Key = keyof typeof NAMED_ALERTS_KEYS
type ChannelType = (typeof CHANNEL_TYPES)[number]
type Named = SectionValues<typeof NAMED_ALERTS_KEYS>

/** Every channel has these; the rest belongs to a type. */
const COMMON: readonly Key[] = ['type', 'kinds', 'severity']
const WANTED: Readonly<Record<ChannelType, readonly Key[]>> = {
  webhook: ['url'],
  command: ['command'],
  syslog: ['host'],
  email: ['host', 'from', 'to'],
}
const POSSIBLE: Readonly<Record<ChannelType, readonly Key[]>> = {
  webhook: ['secret', 'ca'],
  command: ['arguments'],
  syslog: ['port', 'protocol', 'facility', 'ca'],
  email: ['port', 'user', 'password', 'tls', 'ca'],
}

/** `[alerts]` and `[alerts.NAME]`. Checks what spans several keys. */
export function readAlerts(
  { values }: SectionValues<typeof ALERTS_KEYS>,
  named: ReadonlyArray<readonly [section: string, read: Named]>,
  complain: Complain,
): AlertOptions {
  return {
    enabled: values.enabled as boolean,
    kinds: values.kinds as AlertKind[],
    low_percent: values.low_percent as number,
    agent_offline_after_seconds: values.agent_offline_after as number,
    device_offline_after_seconds: values.device_offline_after as number,
    error_after_seconds: values.error_after as number,
    quiet_minutes: values.quiet_minutes as number,
    channels: named.flatMap(([section, read]) => readChannel(section, read, complain) ?? []),
  }
}

function readChannel(section: string, { values, stated }: Named, complain: Complain): ChannelOptions | null {
  const { type } = values
  if (type === undefined) {
    if (!stated.has('type')) complain(`[${section}]: wants type, one of ${CHANNEL_TYPES.join(', ')}`)
    return null
  }
  for (const key of WANTED[type]) if (!stated.has(key)) complain(`[${section}]: a channel of type ${type} wants ${key}`)
  const known = [...COMMON, ...WANTED[type], ...POSSIBLE[type]]
  for (const [key, where] of stated) {
    if (!known.includes(key as Key)) complain(`${where}: a channel of type ${type} has no ${key}; take it out`)
  }
  const common = {
    name: section.slice('alerts.'.length),
    kinds: values.kinds ?? ALERT_KINDS,
    severity: values.severity as AlertLevel,
  }
  const ca = values.ca ?? null
  switch (type) {
    case 'webhook':
      return { ...common, type, url: values.url as Secret, secret: values.secret ?? null, ca }
    case 'command':
      return { ...common, type, command: values.command as string, arguments: values.arguments ?? [] }
    case 'syslog': {
      const protocol = values.protocol as 'udp' | 'tcp' | 'tls'
      const port = values.port ?? (protocol === 'tls' ? 6514 : 514)
      return { ...common, type, host: values.host as string, port, protocol, facility: values.facility ?? 'daemon', ca }
    }
    case 'email':
      return { ...common, type, ...readMailServer(section, { values, stated }, complain), ca }
  }
}

const MAIL_PORTS = { starttls: 587, implicit: 465, none: 25 } as const

function readMailServer(section: string, { values, stated }: Named, complain: Complain) {
  const { host, from, to, user, password } = values
  const tls = values.tls ?? 'starttls'
  if (stated.has('user') !== stated.has('password')) {
    const [there, missing] = stated.has('user') ? (['user', 'password'] as const) : (['password', 'user'] as const)
    complain(`${stated.get(there)}: wants [${section}] ${missing} beside it`)
  }
  if (tls === 'none' && stated.has('password') && host !== undefined && !isLoopback(host)) {
    complain(`${stated.get('tls')}: the password could be read on the way; write starttls or implicit`)
  }
  return {
    host: host as string,
    port: values.port ?? MAIL_PORTS[tls],
    from: from as string,
    to: to ?? [],
    login: user !== undefined && password !== undefined ? { user, password } : null,
    tls,
  }
}
