import type { Clock } from '../../lifecycle/clock.ts'
import type { Journal } from '../journal/journal.ts'
import type { UplinkLog } from './status.ts'

/** How the journal was when a request was sent: later changes are not what its answer speaks of. */
export interface Asked {
  readonly journal_id: string
  readonly last_acknowledged: number
}

export function rememberAsked({ journal_id, last_acknowledged }: Journal): Asked {
  return { journal_id, last_acknowledged }
}

/** What the status says of a server that goes back each time it is asked. */
export const WENT_BACK_AGAIN =
  'the server goes back again and again, as two servers behind one address would: look at what answers there'

/** Twice within this time is no backup that was put back. */
const AGAIN_MS = 600_000

/** `again`: it went back a moment ago already. */
export type HoldingsVerdict = 'held' | 'went_back' | 'again'

export interface Holdings {
  /**
   * Looks whether the server still holds what it acknowledged. Where it went back (another database, or a backup that was
   * put in its place) all that it may have lost is sent again; what it has already, it knows by its reading_id.
   *
   * @param asked as it was when the request was sent
   */
  judge(asked: Asked, answer: { readonly store_id: string; readonly last_seq: number | null }): HoldingsVerdict
}

export function createHoldings(journal: Journal, clock: Clock, log: UplinkLog): Holdings {
  let wentBackAt = Number.NEGATIVE_INFINITY
  return {
    judge(asked, { store_id, last_seq }) {
      // an answer from before the journal was numbered anew
      if (journal.journal_id !== asked.journal_id) return 'held'
      const known = journal.recall('store_id')
      const isOther = known !== null && known !== store_id
      const isBehind = (last_seq ?? 0) < asked.last_acknowledged
      if (!isOther && !isBehind) {
        if (known === null) journal.remember('store_id', store_id)
        return 'held'
      }
      // of a journal that it does not know from its beginning, it may lack what came before as well
      const held = isOther || !last_seq ? null : { journal_id: asked.journal_id, last_seq }
      const { resent } = journal.renumber(held, clock.now())
      // in this order: numbered anew twice does no harm, and never at all would
      if (isOther) journal.remember('store_id', store_id)
      const isAgain = clock.monotonic() - wentBackAt < AGAIN_MS
      wentBackAt = clock.monotonic()
      if (isAgain) return 'again'
      const fields = { store_id, last_seq, acknowledged: asked.last_acknowledged, resent }
      log.warn(
        fields,
        isOther ? 'the server has another database; sending again' : 'the server went back; sending again',
      )
      return 'went_back'
    },
  }
}
