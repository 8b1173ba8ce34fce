import type { Socket } from 'node:dgram'
import type { UserCredential } from '../../model/credential.ts'
import type { Recording } from '../recording.ts'
import { SnmpAgent, type SnmpVersion } from './agent.ts'
import { createDevice } from './device.ts'
import { createEngineId } from './engine.ts'
import { type Fault, findFault } from './faults.ts'
import { DeviceLife, type Habits } from './life.ts'
import { type Delivery, FaultyLine } from './line.ts'
import type { LiveObjects, Objects } from './objects.ts'
import { createRandom, deriveSeed } from './random.ts'
import { bindLoopback, closeSocket } from './socket.ts'
import { createStats, type PlayerStats } from './stats.ts'
import { StuckObjects } from './walk-faults.ts'

export interface PlayedDevice {
  /** A loopback address of its own. */
  readonly address: string
  readonly recording: Recording
  /** 0 plays the recording as it is; the n-th copy has its own serial, MAC address, name and page count. */
  readonly copy?: number
  readonly faults?: readonly Fault[]
  /** What the agent speaks; without it v1, v2c and, when there are users, v3. */
  readonly versions?: readonly SnmpVersion[]
}

/** A device that is being played. */
export interface LiveDevice {
  readonly address: string
  readonly recording: Recording
  /** What it answers; setting an object changes the next answer. */
  readonly objects: LiveObjects
  /** Counts on while the player runs. */
  readonly stats: Readonly<PlayerStats>
}

/** What all devices of a player share; see `PlayerOptions`. */
export interface HostOptions {
  /** Default "public". */
  readonly community?: string
  readonly users?: readonly UserCredential[]
  /** Lets pages be printed, toner fall and paper jam; `speed` is how much faster than the clock, 1 is real time. */
  readonly live?: { readonly speed: number; readonly habits?: Habits }
  /** Milliseconds. */
  readonly now?: () => number
  /** The same seed, the same faults and life. */
  readonly seed?: number
}

/** A device with its socket. */
export class PlayedHost implements LiveDevice {
  readonly address: string
  readonly recording: Recording
  readonly objects: LiveObjects
  readonly stats = createStats()
  private readonly socket: Socket
  private readonly agent: SnmpAgent
  private readonly line: FaultyLine
  private readonly life: DeviceLife | undefined
  private readonly timers = new Set<NodeJS.Timeout>()
  private stranger: Promise<Socket> | undefined
  private isClosed = false

  constructor(device: PlayedDevice, index: number, socket: Socket, options: HostOptions) {
    const now = options.now ?? Date.now
    const seed = deriveSeed(options.seed ?? 1, index)
    const random = createRandom(seed)
    const faults = device.faults ?? []
    this.address = device.address
    this.recording = device.recording
    this.socket = socket
    this.objects = createDevice(device.recording, device.copy ?? 0, now)
    this.line = new FaultyLine({ faults, random, now, stats: this.stats })
    this.life = options.live && new DeviceLife({ ...options.live, objects: this.objects, seed, now })
    this.agent = new SnmpAgent({
      objects: withWalkFaults(this.objects, faults),
      community: options.community ?? 'public',
      users: options.users ?? [],
      versions: versionsOf(device, options),
      engineId: createEngineId(`${device.address}/${device.recording.name}`),
      now,
      stats: this.stats,
      ...limitsOf(faults, random),
    })
    socket.on('message', (datagram, { port, address }) => this.receive(datagram, port, address))
    // A reader that closed its port comes back as an error on some systems; it concerns that reader only.
    socket.on('error', () => undefined)
  }

  async close(): Promise<void> {
    this.isClosed = true
    for (const timer of this.timers) clearTimeout(timer)
    await closeSocket(this.socket)
    const stranger = await this.stranger?.catch(() => undefined)
    if (stranger) await closeSocket(stranger)
  }

  private receive(datagram: Buffer, port: number, address: string): void {
    this.stats.received++
    if (!this.line.admits()) return
    this.life?.advance()
    const reply = this.agent.answer(datagram)
    if (!reply) return
    for (const delivery of this.line.deliver(reply)) this.schedule(delivery, port, address)
  }

  private schedule(delivery: Delivery, port: number, address: string): void {
    if (delivery.delayMs <= 0) {
      this.send(delivery, port, address)
      return
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      this.send(delivery, port, address)
    }, delivery.delayMs)
    this.timers.add(timer)
  }

  private send({ bytes, fromStranger }: Delivery, port: number, address: string): void {
    if (this.isClosed) return
    this.stats.sent++
    // What the system cannot send is lost, as on any network; the callback keeps it from being raised.
    const ignore = () => undefined
    if (!fromStranger) {
      this.socket.send(bytes, port, address, ignore)
      return
    }
    this.stranger ??= bindLoopback(this.address, 0)
    this.stranger.then((socket) => this.isClosed || socket.send(bytes, port, address, ignore), ignore)
  }
}

function versionsOf(device: PlayedDevice, { users = [] }: HostOptions): readonly SnmpVersion[] {
  const faults = device.faults ?? []
  if (findFault(faults, 'v1-only')) return ['1']
  if (findFault(faults, 'v2c-only')) return ['2c']
  return device.versions ?? (users.length > 0 ? ['1', '2c', '3'] : ['1', '2c'])
}

function withWalkFaults(objects: LiveObjects, faults: readonly Fault[]): Objects {
  const fault = findFault(faults, 'backwards') ?? findFault(faults, 'circle')
  return fault ? new StuckObjects(objects, fault.kind, fault.every) : objects
}

function limitsOf(faults: readonly Fault[], random: () => number) {
  const maxSize = findFault(faults, 'max-size')?.bytes
  const maxVarbinds = findFault(faults, 'max-varbinds')?.count
  const noBulk = findFault(faults, 'no-bulk')?.answer
  const wrongId = findFault(faults, 'wrong-id')?.percent
  return {
    ...(maxSize !== undefined && { maxSize }),
    quirks: {
      ...(maxVarbinds !== undefined && { maxVarbinds }),
      ...(noBulk !== undefined && { noBulk }),
      ...(wrongId !== undefined && { isIdWrong: () => random() * 100 < wrongId }),
      noCombinedGet: findFault(faults, 'no-combined-get') !== undefined,
    },
  }
}
