import { once } from 'node:events'
import { Args } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { listenForInterrupt } from '../cli/interrupt.ts'
import { simulateFlags } from '../cli/simulate-flags.ts'
import { describeDevice, listDevices, summarizePlayer } from '../core/snmp/player/describe-player.ts'
import { FAULT_KINDS, parseFault } from '../core/snmp/player/faults.ts'
import { loadRecordings } from '../core/snmp/player/load-recordings.ts'
import { parseListen, planDevices } from '../core/snmp/player/plan-devices.ts'
import { startPlayer } from '../core/snmp/player/player.ts'
import { readPlayedUser } from '../core/snmp/player/read-user.ts'

export default class Simulate extends BaseCommand {
  static override summary = 'Play recordings as live printers on loopback addresses.'
  static override description =
    'Each device answers SNMP v1, v2c and (with --v3-user) v3 on an address of its own, until interrupted. ' +
    `Keys of the v3 user come from files, stdin or the environment (PRINTMASTER_SNMP_AUTH_KEY, PRINTMASTER_SNMP_PRIV_KEY).\n\nFaults: ${FAULT_KINDS.join(', ')}; percentages for loss and the like, milliseconds for latency.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> office.snmprec',
    '<%= config.bin %> <%= command.id %> recordings/ --count 25 --listen 127.0.0.1:1161 --live --speed 3600',
    '<%= config.bin %> <%= command.id %> office.snmprec --fault loss=10 --fault latency=200',
  ]
  static override strict = false
  static override args = {
    recording: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'A .snmprec file, or a folder of them; repeatable.',
    }),
  }
  static override flags = simulateFlags

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Simulate)
    const faults = (flags.fault ?? []).map(parseFault)
    const { address: first, port } = parseListen(flags.listen)
    const recordings = await loadRecordings(argv as string[])
    const devices = planDevices({ recordings, first, count: flags.count ?? recordings.length, faults })
    const interrupt = listenForInterrupt()
    const player = await startPlayer({
      devices,
      port,
      community: flags.community,
      users: flags['v3-user'] === undefined ? [] : [await readPlayedUser(flags, process.env, process.stdin)],
      ...(flags.live && { live: { speed: flags.speed ?? 3600 } }),
      seed: flags.seed,
    })
    for (const line of listDevices(player)) this.logToStderr(line)
    if (flags.json) for (const device of player.devices) this.log(JSON.stringify(describeDevice(device, player.port)))
    this.logToStderr('ready')
    if (!interrupt.signal.aborted) await once(interrupt.signal, 'abort')
    await player.close()
    interrupt.dispose()
    this.logToStderr(summarizePlayer(player))
  }
}
