import { onTestFinished } from 'vitest'
import type { UserCredential } from '../../src/core/model/credential.ts'
import type { Fault } from '../../src/core/snmp/player/faults.ts'
import { type Player, startPlayer } from '../../src/core/snmp/player/player.ts'
import { readFixture } from '../recordings/printer-fixture.ts'

export interface PlayedFixture {
  readonly address: string
  /** A recording of test/recordings/printers. */
  readonly name: string
  readonly faults?: readonly Fault[]
}

/** Plays recordings on loopback, on a free port unless one is given, until the test is over. */
export async function play(
  fixtures: readonly PlayedFixture[],
  options: { community?: string; users?: readonly UserCredential[]; port?: number } = {},
): Promise<Player> {
  const devices = fixtures.map(({ name, ...device }) => ({ ...device, recording: readFixture('printers', name) }))
  const player = await startPlayer({ devices, port: 0, ...options })
  onTestFinished(() => player.close())
  return player
}

/** Flags that ask a played device and give a silent address up soon. */
export function askingOf(player: Player): string[] {
  return ['--port', String(player.port), '--timeout', '400', '--retries', '1']
}
