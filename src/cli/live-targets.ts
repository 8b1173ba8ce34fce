import type { Config } from '../core/config/config.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { expandTargets, type TargetSet } from '../core/targets/expand-targets.ts'
import { isHostName } from '../core/targets/host-name.ts'
import { listLocalNetworks } from '../core/targets/local-networks.ts'
import { resolveTargets } from '../core/targets/resolve-targets.ts'
import type { TargetRange } from '../core/targets/target-range.ts'

export interface LiveTargets {
  /** The addresses as they were found last. */
  readonly set: TargetSet
  /** False where no name and no interface of this machine has a part in it. */
  readonly canChange: boolean
  /** Looks names and local networks up again. Never rejects: what is not found stays as it was. */
  refresh(): Promise<void>
}

/**
 * The targets of `[scan]` for a program that runs for years: names may get other addresses, and at the start of the
 * machine neither name service nor network need be there yet. A target that is not known is left out until it is; an
 * exclusion that is not known is an error, because what must not be asked would be.
 *
 * @param warn is told once of each name that is not found
 * @throws PrintMasterError host_unknown for an exclusion; bad_target, too_many_targets
 */
export async function openLiveTargets(config: Config, warn: (sentence: string) => void): Promise<LiveTargets> {
  const { targets, exclude, max_hosts } = config.scan
  const known = new Map<string, TargetRange>()
  const missed = new Set<string>()
  const miss = (what: string, error: unknown) => {
    if (!(error instanceof PrintMasterError)) throw error
    if (!missed.has(what)) warn(error.message)
    missed.add(what)
  }
  const find = async (text: string, isNeeded: boolean): Promise<TargetRange[]> => {
    try {
      const [range] = await resolveTargets([text])
      known.set(text, range as TargetRange)
      missed.delete(text)
    } catch (error) {
      if (isNeeded && !known.has(text)) throw error
      miss(text, error)
    }
    return [known.get(text) ?? []].flat()
  }
  const findLocal = (): TargetRange[] => {
    try {
      const local = listLocalNetworks()
      for (const notice of local.notices.filter((notice) => !missed.has(notice))) {
        warn(notice)
        missed.add(notice)
      }
      missed.delete('')
      return local.targets
    } catch (error) {
      miss('', error)
      return []
    }
  }
  const draw = async (): Promise<TargetSet> => {
    const excluded = await Promise.all(exclude.map((text) => find(text, true)))
    const asked = targets.length === 0 ? [findLocal()] : await Promise.all(targets.map((text) => find(text, false)))
    return expandTargets({ targets: asked.flat(), exclude: excluded.flat(), maxHosts: max_hosts })
  }

  let current = await draw()
  return {
    set: {
      get size() {
        return current.size
      },
      [Symbol.iterator]: () => current[Symbol.iterator](),
    },
    canChange: targets.length === 0 || [...targets, ...exclude].some(isHostName),
    async refresh() {
      try {
        current = await draw()
      } catch (error) {
        miss('all', error)
      }
    },
  }
}
