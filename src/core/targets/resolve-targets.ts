import { lookup as lookupName } from 'node:dns/promises'
import { PrintMasterError } from '../model/error.ts'
import { isHostName } from './host-name.ts'
import { parseTarget } from './parse-target.ts'
import { quoteText } from './quote-text.ts'
import type { TargetRange } from './target-range.ts'

/** A target with the place it was found at, for messages. */
export interface TargetText {
  readonly text: string
  readonly where?: string
}

/** As `lookup` of `node:dns/promises`, cut to what is needed. */
export type Lookup = (name: string) => Promise<{ address: string }>

/** The system's resolver works on four threads; more in flight would only queue there. */
const LOOKUPS_AT_ONCE = 8

/**
 * Targets that may be host names. A name stands for the first address that the system gives for it, and is looked up
 * once however often it is named. All texts are checked before the first name is asked.
 *
 * @throws PrintMasterError `bad_target`; `host_unknown` for the first name, in the order given, that has no address
 */
export async function resolveTargets(
  targets: readonly (string | TargetText)[],
  options: { lookup?: Lookup } = {},
): Promise<TargetRange[]> {
  const lookup = options.lookup ?? lookupName
  const parsed = targets.map((target) => {
    const { text, where } = typeof target === 'string' ? { text: target, where: undefined } : target
    return isHostName(text) ? { name: text, where } : parseTarget(text, where)
  })
  const names = new Map<string, string | undefined>()
  for (const item of parsed) if ('name' in item && !names.has(item.name)) names.set(item.name, item.where)
  const addresses = new Map<string, TargetRange>()
  const queue = [...names]
  for (let i = 0; i < queue.length; i += LOOKUPS_AT_ONCE) {
    const batch = queue.slice(i, i + LOOKUPS_AT_ONCE)
    const found = await Promise.all(batch.map(([name, where]) => resolveName(name, where, lookup)))
    for (const [n, result] of found.entries()) {
      if (result instanceof PrintMasterError) throw result
      addresses.set((batch[n] as [string, string | undefined])[0], result)
    }
  }
  return parsed.map((item) => ('name' in item ? (addresses.get(item.name) as TargetRange) : item))
}

/** An error comes back as a value, so that of several names in flight the first in order is the one reported. */
async function resolveName(
  name: string,
  where: string | undefined,
  lookup: Lookup,
): Promise<TargetRange | PrintMasterError> {
  try {
    const { address } = await lookup(name)
    return { ...parseTarget(address, where), text: name }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const reason =
      code === 'EAI_AGAIN'
        ? 'the name service does not answer; try again, or write the address'
        : 'no address is known for it; check the spelling, or write the address'
    const place = where === undefined ? '' : `${where}: `
    return new PrintMasterError('host_unknown', `${place}cannot find the host ${quoteText(name)}: ${reason}`, {
      cause: error,
    })
  }
}
