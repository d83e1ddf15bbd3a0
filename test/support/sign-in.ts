import * as oidc from 'openid-client';

type Page = { readonly status: number; readonly text: string; readonly to: string };
/** Visits an address, or posts a form to it; `to` is where it was sent, empty when nowhere. */
export type Browser = (url: string, form?: { readonly [name: string]: string }) => Promise<Page>;

/** Just enough of a browser: it keeps cookies by path and shows where it was sent. */
export function newBrowser(): Browser {
  const jar = new Map<string, { value: string; path: string }>();
  return async (url, form) => {
    const { pathname } = new URL(url);
    const cookies = [...jar].filter(([, { path }]) => pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`);
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: cookies.join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, { value, path: /path=([^;]+)/i.exec(line)?.[1] ?? '/' });
    }
    const location = response.headers.get('location');
    return { status: response.status, text: await response.text(), to: location === null ? '' : new URL(location, url).href };
  };
}

/** What a client asks of a sign-in, as a challenge says it (RFC 9470). */
export type Asked = { readonly acrValues: string; readonly maxAge: number };

/** Parameters of the request that a challenge does not speak of. */
export type More = { readonly [name: string]: string };

const redirectUri = 'http://127.0.0.1:53682/signed-in/here';

/** The dev issuer as one of its clients knows it. */
export function discover(issuer: string, clientId = 'countersign-cli'): Promise<oidc.Configuration> {
  return oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), { execute: [oidc.allowInsecureRequests] });
}

/** Begins a sign-in by code and PKCE: where the browser goes first, and what the client keeps until it is back. */
export async function authorization(client: oidc.Configuration, asked: Partial<Asked>, more: More = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const { href } = oidc.buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    scope: 'openid',
    state: expectedState,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...(asked.acrValues !== undefined && { acr_values: asked.acrValues }),
    ...(asked.maxAge !== undefined && { max_age: String(asked.maxAge) }),
    ...more,
  });
  return { href, pkceCodeVerifier, expectedState };
}

/** Who signs in, at which level they do it, and what the client asked for. */
export type SigningIn = { readonly identity: string; readonly acr: string; readonly asked: Partial<Asked>; readonly more?: More };

/** A whole sign-in: the form is shown, filled in and sent, the code exchanged for tokens. */
export async function signIn(client: oidc.Configuration, browser: Browser, { identity, acr, asked, more }: SigningIn) {
  const { href, ...kept } = await authorization(client, asked, more);
  const { to: formUrl } = await browser(href);
  const { text: page } = await browser(formUrl);
  const { to: resume } = await browser(formUrl, { identity, acr });
  const back = await arrive(browser, resume);
  const tokens = await oidc.authorizationCodeGrant(client, new URL(back), {
    ...kept,
    ...(asked.maxAge !== undefined && { maxAge: Math.max(asked.maxAge, 60) }), // the sign-in took its time
  });
  return { page, tokens };
}

/** Follows the issuer to the client, submitting the form by which it ends the session of another identity. */
async function arrive(browser: Browser, url: string): Promise<string> {
  if (url.startsWith(redirectUri)) return url;
  const { text, to } = await browser(url);
  if (to !== '') return arrive(browser, to);
  const action = /action="([^"]+)"/.exec(text)?.[1] ?? '';
  const inputs = [...text.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]);
  return arrive(browser, (await browser(action, Object.fromEntries(inputs))).to);
}
