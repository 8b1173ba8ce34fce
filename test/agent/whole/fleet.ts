import type { AgentOptions, UplinkOptions } from '../../../src/core/agent/agent-options.ts'
import { Secret } from '../../../src/core/model/secret.ts'
import { MAKERS } from '../../../src/core/profiles/makers.ts'
import { type Player, startPlayer } from '../../../src/core/snmp/player/player.ts'
import { expandTargets } from '../../../src/core/targets/expand-targets.ts'
import { parseTarget } from '../../../src/core/targets/parse-target.ts'
import { fixtureNames, readExpectation, readFixture } from '../../recordings/printer-fixture.ts'
import { PUBLIC } from '../../scan/run-scan.ts'

/** Some hundred addresses a net; the tests of a run may be under way at one time. */
export interface PlayedFleet {
  readonly player: Player
  readonly addresses: readonly string[]
}

/** Printers that print, run low and jam, on the addresses from `first` on. */
export async function playFleet(
  net: string,
  count: number,
  options: { speed: number; now?: () => number; port?: number },
): Promise<PlayedFleet> {
  const names = fixtureNames('printers').filter((name) => readExpectation(name)[0]?.snmp_version !== '1')
  const devices = Array.from({ length: count }, (_, i) => ({
    address: `${net}${i + 1}`,
    recording: readFixture('printers', names[i % names.length] as string),
    copy: 1 + Math.floor(i / names.length),
  }))
  const player = await startPlayer({
    devices,
    port: options.port ?? 0,
    live: { speed: options.speed },
    ...(options.now && { now: options.now }),
  })
  return { player, addresses: devices.map(({ address }) => address) }
}

export interface AgentSetup {
  readonly journal: string
  readonly targets: readonly string[]
  readonly port: number
  readonly url: string
  readonly enrolment: string | null
  /** Seconds. */
  readonly interval?: number
  readonly size_mb?: number
}

/** What config would say. */
export function optionsFor({ journal, targets, port, url, enrolment, ...more }: AgentSetup): AgentOptions & {
  uplink: UplinkOptions
} {
  const interval_seconds = more.interval ?? 300
  return {
    journal: { path: journal, size_mb: more.size_mb ?? 500, days: 30 },
    watch: {
      targets: expandTargets({ targets: targets.map((text) => parseTarget(text)) }),
      port,
      timeout_ms: 300,
      retries: 2,
      rate: 5000,
      concurrency: 16,
      deadline_seconds: 20,
      profiles: MAKERS,
      credentialsFor: () => PUBLIC,
      discovery: { interval_seconds: 12 * interval_seconds, quiet_hours: [] },
      reading: [
        {
          name: 'reading',
          ranges: null,
          models: null,
          interval_seconds,
          full_interval_seconds: 6 * interval_seconds,
          quiet_hours: [],
        },
      ],
    },
    uplink: {
      url,
      allow_plaintext: false,
      agent_id: null,
      name: null,
      enrolment_token: enrolment === null ? null : new Secret(enrolment),
      upload_interval_seconds: 60,
      heartbeat_interval_seconds: 30,
      tls: { ca: null, client: null },
      proxy: null,
    },
    health: null,
  }
}
