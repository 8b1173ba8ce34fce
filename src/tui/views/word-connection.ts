import { cleanText } from '../../core/output/clean-text.ts'
import { describeAge } from '../../core/output/describe-age.ts'
import type { Color } from '../../core/output/paint.ts'
import type { FeedState } from '../feed/feed.ts'

/** Where what is shown comes from, and how old it is. */
export interface ConnectionWords {
  /** For the first line. */
  readonly short: string
  /** A sentence where something is not as it should be; null while all is live. */
  readonly sentence: string | null
  readonly color: Color
}

/** @param now milliseconds since 1970; null leaves out what changes every second */
export function wordConnection(
  { mode, reason, fresh_at }: FeedState,
  server: string,
  now: number | null,
): ConnectionWords {
  const age = now === null || fresh_at === null ? null : describeAge(now - fresh_at)
  const why = cleanText(reason ?? '').replace(/\.$/, '')
  const shown = age === null ? 'What is shown is old' : `What is shown is ${age} old`
  switch (mode) {
    case 'live':
      return { short: age === null ? 'live' : `live, heard ${age} ago`, sentence: null, color: 'green' }
    case 'connecting':
      return { short: 'connecting', sentence: `Connecting to ${server} ...`, color: 'yellow' }
    case 'polling':
      return {
        short: age === null ? 'polling' : `polling, asked ${age} ago`,
        sentence: `Asked every few seconds, because there is no live channel: ${why}.`,
        color: 'yellow',
      }
    case 'lost':
      // nothing can be lost that never was there
      if (fresh_at === null) {
        return { short: 'NOT CONNECTED', sentence: `Cannot connect: ${why}. Trying again.`, color: ['red', 'bold'] }
      }
      return {
        short: 'CONNECTION LOST',
        sentence: `Connection lost. ${shown}; trying again: ${why}.`,
        color: ['red', 'bold'],
      }
    case 'refused':
      return {
        short: 'TOKEN REFUSED',
        sentence: `The server refuses the token. ${fresh_at === null ? '' : `${shown}: `}${why}.`,
        color: ['red', 'bold'],
      }
  }
}
