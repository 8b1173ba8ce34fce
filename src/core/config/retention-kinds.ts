import { Secret } from '../model/secret.ts'
import { quoteText } from '../targets/quote-text.ts'
import { type Kind, refuse } from './kinds.ts'

/** URL of a store that speaks S3. */
export const s3Endpoint: Kind<string> = {
  secret: false,
  parse: (text, complain) => {
    const url = URL.parse(text)
    const isPlain = url !== null && url.username === '' && url.search === '' && url.hash === ''
    if (isPlain && (url.protocol === 'https:' || url.protocol === 'http:')) return url.href.replace(/\/$/, '')
    return refuse(complain, `${quoteText(text)} is no URL of a store; write for example https://s3.example`)
  },
}

export const s3Secret: Kind<Secret> = {
  secret: true,
  parse: (text, complain) =>
    Buffer.byteLength(text) <= 1024 ? new Secret(text) : refuse(complain, 'it is longer than 1024 bytes'),
}
