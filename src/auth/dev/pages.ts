import { devIdentities } from './identities.ts';
import { acrPassword, amrOfAcr } from './token-claims.ts';

/** What a client asked of the sign-in. */
export type SignInRequest = { readonly acrValues: readonly string[]; readonly maxAge: string | undefined };

/** The sign-in form: who, and how well authenticated. What was asked for is said, and chosen beforehand. */
export function signInPage(request: SignInRequest): string {
  const wanted = request.acrValues.find((acr) => amrOfAcr.has(acr)) ?? acrPassword;
  const levels = [...amrOfAcr].map(
    ([acr, amr]) =>
      `<label><input type="radio" name="acr" value="${acr}"${acr === wanted ? ' checked' : ''}> ${acr} (${amr.join(' + ')})</label>`,
  );
  const people = devIdentities.map(({ id }) => `<li><button name="identity" value="${id}">${id}</button></li>`);
  return page(
    'Sign in for development',
    `<p>This issuer asks for no proof. It exists in development only.</p>
${asked(request)}
<form method="post">
<fieldset><legend>Grant this level</legend>${levels.join('\n')}</fieldset>
<ul>${people.join('\n')}</ul>
</form>`,
  );
}

function asked({ acrValues, maxAge }: SignInRequest): string {
  const wishes = [
    ...(acrValues.length > 0 ? [`the level <code>${escapeHtml(acrValues.join(' '))}</code>`] : []),
    ...(maxAge !== undefined ? [`a sign-in no older than <code>${escapeHtml(maxAge)}</code> seconds; this one is new`] : []),
  ];
  return wishes.length === 0 ? '' : `<p>The application asks for ${wishes.join(' and ')}.</p>`;
}

/** `form` is oidc-provider's own, already escaped. */
export function logoutPage(form: string): string {
  return page('Sign out?', `${form}<button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>`);
}

export function loggedOutPage(): string {
  return page('Signed out', '<p>You are signed out.</p>');
}

export function errorPage(error: string, description: string): string {
  return page('The sign-in failed', `<p><code>${escapeHtml(error)}</code>: ${escapeHtml(description)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:3rem auto}label{display:block}ul{columns:2;list-style:none;padding:0}</style>
</head><body><h1>${title}</h1>${body}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
