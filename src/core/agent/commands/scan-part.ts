import { PrintMasterError } from '../../model/error.ts'
import { expandTargets, type TargetSet } from '../../targets/expand-targets.ts'
import { isHostName } from '../../targets/host-name.ts'
import { parseTarget } from '../../targets/parse-target.ts'
import { quoteText } from '../../targets/quote-text.ts'

/**
 * The part of an agent's own targets that a server names, where all of it lies within them: a server can never point an
 * agent elsewhere. Names are not looked up for it.
 *
 * @param own without what is excluded
 * @returns a sentence where it is refused
 */
export function takePart(texts: readonly string[], own: TargetSet): TargetSet | string {
  const named = texts.find((text) => isHostName(text))
  if (named !== undefined) return `${quoteText(named)}: names are not looked up for a server; write addresses`
  let part: TargetSet
  try {
    part = expandTargets({
      targets: texts.map((text) => parseTarget(text)),
      maxHosts: Number.MAX_SAFE_INTEGER,
    })
  } catch (error) {
    if (error instanceof PrintMasterError) return error.message
    throw error
  }
  const outside = findOutside(part, own)
  return outside === null ? part : `${outside} is not among the targets of this agent; nothing was asked`
}

/** The first address of a part that is not there. Holds no more addresses at one time than the agent's own are. */
function findOutside(part: TargetSet, own: TargetSet): string | null {
  if (part.size > own.size) {
    const all = new Set(own)
    for (const address of part) if (!all.has(address)) return address
    return null
  }
  const rest = new Set(part)
  for (const address of own) {
    rest.delete(address)
    if (rest.size === 0) return null
  }
  return rest.values().next().value ?? null
}
