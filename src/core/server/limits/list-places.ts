import { ApiError } from '../../protocol/api-error.ts'
import { MAX_LISTS } from './http-limits.ts'
import type { UnsentAnswers } from './unsent-answers.ts'

/** How much people may ask for at one time. */
export interface ListPlaces {
  /** Reads from the database and records who did, in a place of its own. @throws ApiError overloaded when none is left */
  hold<T>(read: () => Promise<T>): Promise<T>
}

/** One thread reads for all: what waits for it, or for whoever asked, is bounded. */
export function createListPlaces(unsent: UnsentAnswers): ListPlaces {
  let taken = 0
  return {
    async hold(read) {
      if (taken >= MAX_LISTS || unsent.isFull) throw refuseList()
      taken++
      try {
        return await read()
      } finally {
        taken--
      }
    },
  }
}

export function refuseList(): ApiError {
  return new ApiError(
    'overloaded',
    'more is being read, or waits to be taken by those who asked, than the server holds',
  )
}
