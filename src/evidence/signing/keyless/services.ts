import { DEFAULT_FULCIO_URL, DEFAULT_REKOR_URL } from '@sigstore/sign';
import { EvidenceError } from '../../errors.ts';

export type KeylessRequest = {
  /** Fulcio and Rekor of one's own, both; without them those of the public good instance. */
  readonly fulcioUrl?: string | undefined;
  readonly rekorUrl?: string | undefined;
  /** A timestamp authority (RFC 3161) that is to witness each signature as well. */
  readonly tsaUrl?: string | undefined;
  /** An OpenID Connect token; without one, what the CI service offers (GitHub Actions, Buildkite). */
  readonly identityToken?: string | undefined;
};

export type Services = { readonly fulcio: string; readonly rekor: string; readonly tsa: string | undefined };

/** Long enough for a log under load, short enough for a person to notice that it hangs. */
export const network = { timeout: 30_000, retry: { retries: 2, minTimeout: 250 } } as const;

/** @throws EvidenceError `evidence.service_malformed` */
export function servicesOf({ fulcioUrl, rekorUrl, tsaUrl }: KeylessRequest): Services {
  if ((fulcioUrl === undefined) !== (rekorUrl === undefined)) {
    // Whoever has a certificate authority of their own does not want its certificates in a public log for having forgotten an option.
    throw malformed('only one of Fulcio and Rekor is given', 'give both --fulcio-url and --rekor-url, or neither');
  }
  return {
    fulcio: parseUrl('--fulcio-url', fulcioUrl ?? DEFAULT_FULCIO_URL),
    rekor: parseUrl('--rekor-url', rekorUrl ?? DEFAULT_REKOR_URL),
    tsa: tsaUrl === undefined ? undefined : parseUrl('--tsa-url', tsaUrl),
  };
}

function parseUrl(option: string, text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw malformed(`${option} \`${text}\` is not an address`, 'write `https://…`');
  // The token goes there, and whoever reads it on the way can sign with it.
  if (url.protocol === 'http:' && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)) {
    throw malformed(`${option} \`${text}\` is not encrypted`, 'use `https://…`; plain http only on this machine');
  }
  return text.replace(/\/+$/, '');
}

function malformed(why: string, remedy: string): EvidenceError {
  return new EvidenceError('evidence.service_malformed', why, { remedy: `${remedy}; nothing was signed` });
}
