import { once } from 'node:events'
import { listenForStop } from '../core/lifecycle/stop-signal.ts'
import { describeDevice, listDevices, summarizePlayer } from '../core/snmp/player/describe-player.ts'
import { parseFault } from '../core/snmp/player/faults.ts'
import { loadRecordings } from '../core/snmp/player/load-recordings.ts'
import { parseListen, planDevices } from '../core/snmp/player/plan-devices.ts'
import { startPlayer } from '../core/snmp/player/player.ts'
import { readPlayedUser } from '../core/snmp/player/read-user.ts'

/** The flags of `simulate`, as oclif gives them. */
export type SimulateFlags = Parameters<typeof readPlayedUser>[0] & {
  count?: number | undefined
  listen: string
  community: string
  fault?: string[] | undefined
  live: boolean
  speed?: number | undefined
  seed: number
  json: boolean
}

/**
 * Plays the recordings until interrupted.
 * @throws PrintMasterError for what is wrong with recordings, flags and addresses
 */
export async function runSimulation(
  recordingPaths: readonly string[],
  flags: SimulateFlags,
  { tell, print }: { tell(sentence: string): void; print(line: string): void },
): Promise<void> {
  const faults = (flags.fault ?? []).map(parseFault)
  const { address: first, port } = parseListen(flags.listen)
  const recordings = await loadRecordings(recordingPaths)
  const devices = planDevices({ recordings, first, count: flags.count ?? recordings.length, faults })
  const stop = listenForStop()
  const player = await startPlayer({
    devices,
    port,
    community: flags.community,
    users: flags['v3-user'] === undefined ? [] : [await readPlayedUser(flags, process.env, process.stdin)],
    ...(flags.live && { live: { speed: flags.speed ?? 3600 } }),
    seed: flags.seed,
  })
  for (const line of listDevices(player)) tell(line)
  if (flags.json) for (const device of player.devices) print(JSON.stringify(describeDevice(device, player.port)))
  tell('ready')
  if (!stop.signal.aborted) await once(stop.signal, 'abort')
  await player.close()
  stop.dispose()
  tell(summarizePlayer(player))
}
