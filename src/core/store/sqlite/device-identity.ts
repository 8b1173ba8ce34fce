import { parseMacText } from '../../mib/mac-address.ts'
import { isPlaceholder } from '../../printer/serial.ts'
import type { DeviceState } from '../../protocol/devices.ts'

/** What a printer shows of itself, as it is kept and looked up. Null where it shows nothing that tells it from others. */
export interface IdentityKeys {
  /** Lower case; '' when the item does not tell. */
  readonly maker: string
  readonly model: string | null
  readonly serial: string | null
  /** `aa:bb:cc:dd:ee:ff`, with `#2` for the second printer behind one print server. */
  readonly mac: string | null
  /** The address alone, without the number of the printer. */
  readonly mac_address: string | null
  readonly device_id: string | null
  /** False for an item that tells nothing of the kind: what it tells counts within its agent. */
  readonly isWorldwide: boolean
  /** As it is shown. */
  readonly ip: string | null
  /** `ip#printer_index`, `ip:port#printer_index` for a port that is not SNMP's; counts within one agent. */
  readonly address: string | null
  /** All the words of a printer that shows neither serial nor MAC address; counts within its agent. */
  readonly words: string | null
}

export type IdentityKind = 'serial' | 'mac' | 'device_id' | 'address'

export const SNMP_PORT = 161
const NO_ADDRESSES = ['0.0.0.0', '::', '255.255.255.255']

/** Reads the identity of an item; placeholders tell nothing. */
export function readIdentity(item: DeviceState): IdentityKeys {
  const index = item.printer_index ?? 1
  const said = item.device_id?.trim() ?? ''
  const serial = readSerial(item.serial)
  const mac_address = parseMacText(item.mac_address ?? '') ?? (/[:-]/.test(said) ? parseMacText(said) : null)
  const ip = item.ip?.trim().toLowerCase() ?? ''
  const port = item.port ?? SNMP_PORT
  const hasAddress = ip !== '' && !NO_ADDRESSES.includes(ip)
  const isOther = said !== serial && (mac_address === null || parseMacText(said) !== mac_address)
  const device_id = isOther && said.toLowerCase() !== ip ? readSerial(said) : null
  const isNameless = serial === null && mac_address === null && device_id === null && !hasAddress
  const maker = (item.manufacturer ?? '').trim().toLowerCase().replaceAll('|', ' ')
  const model = item.model?.trim().toLowerCase() || null
  const address = hasAddress ? formatAddress(ip, port, index) : null
  const words = `${maker}|${model ?? ''}|${item.serial ?? ''}|${said}`
  return {
    maker,
    model,
    serial,
    mac: mac_address === null ? null : index > 1 ? `${mac_address}#${index}` : mac_address,
    mac_address,
    // a reading is never lost: those that nothing tells apart are one device of their agent, for each model
    device_id: isNameless ? words : device_id,
    isWorldwide: !isNameless,
    ip: hasAddress ? ip : null,
    address,
    words: serial === null && mac_address === null && !isNameless ? `${words}|${address ?? ''}` : null,
  }
}

/** The value of an address identity. */
export const formatAddress = (ip: string, port: number, index: number) =>
  `${port === SNMP_PORT ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`}#${index}`

/** The value of a serial identity: two makers may give the same number. */
export const serialValue = (keys: Pick<IdentityKeys, 'maker' | 'serial'>) => `${keys.maker}|${keys.serial}`

function readSerial(said: string | null | undefined): string | null {
  const text = said?.trim() ?? ''
  if (text === '' || isPlaceholder(text)) return null
  const core = text.replace(/[\s\-_./:]/g, '').toLowerCase()
  if (/^(.)\1*$/u.test(core) || /^1234567890*$/.test(core) || parseMacText(text)?.startsWith('00:00:00:00')) return null
  return text
}

/** A device that one of the keys is known of. */
export interface KnownDevice {
  readonly id: number
  readonly maker: string
  readonly model: string | null
  readonly serial: string | null
  readonly has_mac: boolean
  /** Where the agent that asks found it last. */
  readonly address: string | null
  /** Another agent is its source: this one may add readings, and change nothing else. */
  readonly foreign: boolean
}

export interface Candidates extends Readonly<Record<IdentityKind, KnownDevice | null>> {
  /** The device that the words were kept for, because what they show is another's. */
  readonly words: KnownDevice | null
}

export interface Verdict {
  /** Null for one that was never seen. */
  readonly device: number | null
  /** Devices that turn out to be this one. */
  readonly merges: readonly number[]
  /** What is to be recorded of the device, taken from another one where that holds it. */
  readonly claims: readonly IdentityKind[]
}

/**
 * Which device an item is of. A known serial wins; then the MAC address, the printer's own device id, and the address, the
 * last two only where nothing speaks against it.
 *
 * @param keys with at least one identity
 * @param known the device that each of the keys leads to
 */
export function decideDevice(keys: IdentityKeys, known: Candidates): Verdict {
  const device = chooseDevice(keys, known)
  if (device?.foreign) {
    const isFree = known.address === null || known.address.id === device.id
    return { device: device.id, merges: [], claims: isFree ? offered(keys, ['address']) : [] }
  }
  const merges = device === null ? [] : findMerges(keys, known, device)
  const isFree = (kind: IdentityKind) => {
    const holder = known[kind]
    return holder === null || holder.id === device?.id || merges.includes(holder.id)
  }
  const claims = offered(keys, ['serial', 'mac', 'device_id', 'address']).filter(
    (kind) => isFree(kind) || (kind === 'mac' && !known.mac?.foreign) || kind === 'address',
  )
  return { device: device?.id ?? null, merges, claims }
}

const offered = (keys: IdentityKeys, kinds: readonly IdentityKind[]) => kinds.filter((kind) => keys[kind] !== null)

function chooseDevice(keys: IdentityKeys, known: Candidates): KnownDevice | null {
  if (known.serial !== null) return known.serial
  if (known.mac !== null) return isOtherPrinter(keys, known.mac) ? null : known.mac
  return [known.device_id, known.address, known.words].find((each) => each !== null && !contradicts(keys, each)) ?? null
}

/** The network card is known, and sits in another printer now. */
function isOtherPrinter(keys: IdentityKeys, device: KnownDevice): boolean {
  if (keys.serial === null) return false
  return device.serial === null ? differ(keys.maker || null, device.maker || null) : device.serial !== keys.serial
}

/** Something that the item and the device both tell is not the same. The MAC of the item is known of no device. */
function contradicts(keys: IdentityKeys, device: KnownDevice): boolean {
  return (
    differ(keys.serial, device.serial) ||
    (keys.mac !== null && device.has_mac) ||
    differ(keys.maker || null, device.maker || null) ||
    differ(keys.model, device.model)
  )
}

function findMerges(keys: IdentityKeys, known: Candidates, device: KnownDevice): number[] {
  const { mac, device_id, address } = known
  const isNameless = (each: KnownDevice | null): each is KnownDevice =>
    each !== null && each.id !== device.id && !each.foreign && each.serial === null
  const merges = new Set<number>()
  if (isNameless(mac) && !differ(keys.maker || null, mac.maker || null)) merges.add(mac.id)
  if (isNameless(device_id) && !merges.has(device_id.id) && !contradicts(keys, device_id)) merges.add(device_id.id)
  // an address says little: a device that is known by it alone, of the same model, while this one had none yet
  if (isNameless(address) && !address.has_mac && device.address === null && isSameModel(keys, address)) {
    merges.add(address.id)
  }
  return [...merges]
}

const differ = (one: string | null, other: string | null) => one !== null && other !== null && one !== other

const isSameModel = (keys: IdentityKeys, device: KnownDevice) =>
  keys.maker !== '' && keys.maker === device.maker && keys.model !== null && keys.model === device.model
