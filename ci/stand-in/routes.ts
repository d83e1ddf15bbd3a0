import { digestOf, type Store, type StoredAsset, type StoredRelease } from './store.ts';

/** A request that came with the right token. */
export type Asked = {
  readonly method: string;
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
};
export type Answer = { readonly status: number; readonly json?: unknown; readonly location?: string };

/** Where the parts of the stand-in are. */
export type Addresses = { readonly api: string; readonly uploads: string; readonly storage: string; readonly repository: string };

type Match = { readonly store: Store; readonly asked: Asked; readonly at: Addresses; readonly id: number; readonly rest: string };
type Route = { readonly method: string; readonly path: RegExp; readonly handle: (match: Match) => Answer };

const notFound: Answer = { status: 404, json: { message: 'Not Found', status: '404' } };
const invalid = (resource: string, code: string, field: string): Answer => {
  return { status: 422, json: { message: 'Validation Failed', errors: [{ resource, code, field }], status: '422' } };
};

/** The part of GitHub's REST API (version 2022-11-28) that releases need, after `/repos/<owner>/<name>`. */
const api: readonly Route[] = [
  { method: 'POST', path: /^\/releases$/, handle: createRelease },
  { method: 'GET', path: /^\/releases\/tags\/(?<rest>[^/]+)$/, handle: releaseByTag },
  { method: 'GET', path: /^\/releases\/(?<id>\d+)\/assets$/, handle: listAssets },
  { method: 'GET', path: /^\/releases\/assets\/(?<id>\d+)$/, handle: getAsset },
  { method: 'DELETE', path: /^\/releases\/assets\/(?<id>\d+)$/, handle: deleteAsset },
];
/** Uploads go to a host of their own. */
const uploads: readonly Route[] = [{ method: 'POST', path: /^\/releases\/(?<id>\d+)\/assets$/, handle: addAsset }];

export function route(store: Store, asked: Asked, at: Addresses, isUpload: boolean): Answer {
  const base = `${new URL(isUpload ? at.uploads : at.api).pathname.replace(/\/$/, '')}/repos/${at.repository}`;
  if (!asked.url.pathname.startsWith(`${base}/`)) return notFound;
  const path = asked.url.pathname.slice(base.length);
  for (const { method, path: pattern, handle } of isUpload ? uploads : api) {
    const groups = pattern.exec(path)?.groups;
    if (method !== asked.method || !pattern.test(path)) continue;
    return handle({ store, asked, at, id: Number(groups?.['id']), rest: decodeURIComponent(groups?.['rest'] ?? '') });
  }
  return notFound;
}

function createRelease({ store, asked, at }: Match): Answer {
  const { tag_name: tag, prerelease } = JSON.parse(asked.body.toString('utf8'));
  if (typeof tag !== 'string' || tag === '') return invalid('Release', 'missing_field', 'tag_name');
  const release = store.addRelease(tag, prerelease === true);
  return release === undefined ? invalid('Release', 'already_exists', 'tag_name') : { status: 201, json: shownRelease(release, at) };
}

function releaseByTag({ store, at, rest }: Match): Answer {
  const release = store.releases.find(({ tag }) => tag === rest);
  return release === undefined ? notFound : { status: 200, json: shownRelease(release, at) };
}

function listAssets({ store, asked, at, id }: Match): Answer {
  const release = store.releases.find((one) => one.id === id);
  if (release === undefined) return notFound;
  const [size, page] = [Number(asked.url.searchParams.get('per_page') ?? 30), Number(asked.url.searchParams.get('page') ?? 1)];
  return { status: 200, json: release.assets.slice((page - 1) * size, page * size).map((asset) => shownAsset(asset, at)) };
}

function getAsset({ store, asked, at, id }: Match): Answer {
  const asset = store.findAsset(id);
  if (asset === undefined) return notFound;
  if (asked.header('accept') !== 'application/octet-stream') return { status: 200, json: shownAsset(asset, at) };
  return { status: 302, location: `${at.storage}/${asset.ticket}` };
}

function deleteAsset({ store, id }: Match): Answer {
  return store.removeAsset(id) ? { status: 204 } : notFound;
}

function addAsset({ store, asked, at, id }: Match): Answer {
  const release = store.releases.find((one) => one.id === id);
  const name = asked.url.searchParams.get('name');
  if (release === undefined) return notFound;
  if (name === null || name === '') return invalid('ReleaseAsset', 'missing_field', 'name');
  const contentType = asked.header('content-type');
  if (contentType === undefined) return { status: 400, json: { message: 'Content-Type is missing' } };
  // A body in chunks is refused: the host wants to know the size beforehand.
  if (asked.header('content-length') === undefined) return { status: 400, json: { message: 'Bad Content-Length' } };
  const asset = store.addAsset(release, { name, contentType, bytes: asked.body, state: 'uploaded' });
  return asset === undefined ? invalid('ReleaseAsset', 'already_exists', 'name') : { status: 201, json: shownAsset(asset, at) };
}

function shownRelease({ id, tag, prerelease, assets }: StoredRelease, at: Addresses) {
  return {
    id,
    url: `${at.api}/repos/${at.repository}/releases/${id}`,
    html_url: `${at.storage}/${at.repository}/releases/tag/${tag}`,
    upload_url: `${at.uploads}/repos/${at.repository}/releases/${id}/assets{?name,label}`,
    tag_name: tag,
    name: tag,
    draft: false,
    prerelease,
    assets: assets.map((asset) => shownAsset(asset, at)),
  };
}

function shownAsset({ id, name, state, contentType, bytes, ticket }: StoredAsset, at: Addresses) {
  return {
    id,
    url: `${at.api}/repos/${at.repository}/releases/assets/${id}`,
    browser_download_url: `${at.storage}/${ticket}`,
    name,
    label: '',
    state,
    content_type: contentType,
    size: bytes.length,
    digest: digestOf(bytes),
  };
}
