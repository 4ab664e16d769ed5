/** AdmissionReview in, AdmissionReview out, as the API server speaks to its webhooks. */

import { errorText, isPeerPodError } from '#base/errors.ts';
import { describeSize, type Mutation } from './mutate.ts';
import { isObject, type JsonObject } from './pod-view.ts';

export type ReviewOutcome = 'mutated' | 'unchanged' | 'denied' | 'malformed' | 'failed';

export interface ReviewAnswer {
  /** JSON, for HTTP status 200 whatever the verdict: another status is a failed call to the API server. */
  readonly body: string;
  readonly outcome: ReviewOutcome;
  /** For the log: what was asked for and why it came out so. */
  readonly about: {
    readonly uid: string;
    readonly namespace?: string;
    /** Absent for a pod whose name the API server makes up. */
    readonly name?: string;
    readonly message?: string;
    readonly dryRun?: boolean;
  };
  /** A defect of ours. */
  readonly failure?: unknown;
}

/** What is pure in answering: the same pod gets the same verdict. */
export type MutatePod = (pod: unknown, namespace: string) => Mutation;

/** As every configuration of the original names it. */
export const reviewPath = '/mutate-v1-pod';

/** A review of more bytes is refused; the API server's own limit of an object is below. */
export const reviewBytesMax = 7 * 1024 * 1024;

const versions = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const;
type Version = (typeof versions)[number];

interface AdmissionRequest {
  readonly version: Version;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly dryRun: boolean;
  readonly fields: JsonObject;
}

/** A text that is no review, or a review that cannot be answered. */
class MalformedReview extends Error {
  override readonly name = 'MalformedReview';
  readonly version: Version;
  readonly uid: string;

  constructor(message: string, version: Version = 'admission.k8s.io/v1', uid = '') {
    super(message);
    this.version = version;
    this.uid = uid;
  }
}

/** Never throws: what is wrong is told in the answer, with the uid where it can be read. */
export function answerReview(body: string, mutate: MutatePod): ReviewAnswer {
  let request: AdmissionRequest;
  try {
    request = decodeReview(body);
  } catch (error) {
    if (!(error instanceof MalformedReview)) return failed(error, 'admission.k8s.io/v1', '');
    return refuseReview(error.message, { version: error.version, uid: error.uid });
  }
  try {
    return answerRequest(request, mutate);
  } catch (error) {
    const { version, uid } = request;
    if (isPeerPodError(error, 'E_DECODE')) return refuseReview(error.message, { version, uid });
    return failed(error, version, uid);
  }
}

/** An answer to what is no review that could be looked at; 400 unless `code` says otherwise. */
export function refuseReview(
  message: string,
  { version = versions[0], uid = '', code = 400 }: { version?: Version; uid?: string; code?: number } = {},
): ReviewAnswer {
  const reason = code === 413 ? 'RequestEntityTooLarge' : 'BadRequest';
  return {
    body: encodeReview(version, { uid, allowed: false, status: { code, reason, message } }),
    outcome: 'malformed',
    about: { uid, message },
  };
}

function failed(failure: unknown, version: Version, uid: string): ReviewAnswer {
  const message = `the webhook failed: ${errorText(failure)}`;
  return {
    body: encodeReview(version, { uid, allowed: false, status: { code: 500, reason: 'InternalError', message } }),
    outcome: 'failed',
    about: { uid, message },
    failure,
  };
}

function decodeReview(body: string): AdmissionRequest {
  if (body === '') throw new MalformedReview('the request has no body');
  let review: unknown;
  try {
    review = JSON.parse(body);
  } catch (error) {
    throw new MalformedReview(`the body is not JSON: ${errorText(error)}`);
  }
  const { apiVersion, kind, request } = isObject(review) ? review : {};
  const fields = isObject(request) ? request : {};
  const uid = typeof fields.uid === 'string' ? fields.uid : '';
  const version = versions.find((known) => known === apiVersion);
  if (version === undefined || kind !== 'AdmissionReview') {
    throw new MalformedReview(`the body is no AdmissionReview of ${versions.join(' or ')}`, version, uid);
  }
  if (uid === '') throw new MalformedReview('the AdmissionReview has no request with a uid', version);
  const { namespace, name, dryRun } = fields;
  return {
    version,
    uid,
    namespace: typeof namespace === 'string' ? namespace : '',
    name: typeof name === 'string' && name !== '' ? name : undefined,
    dryRun: dryRun === true,
    fields,
  };
}

function answerRequest(request: AdmissionRequest, mutate: MutatePod): ReviewAnswer {
  const { version, uid, namespace, name, dryRun, fields } = request;
  const about = {
    uid,
    ...(namespace !== '' && { namespace }),
    ...(name !== undefined && { name }),
    ...(dryRun && { dryRun }),
  };
  const allow = (more: JsonObject = {}) => encodeReview(version, { uid, allowed: true, ...more });
  if (!isPodCreation(fields)) return { body: allow(), outcome: 'unchanged', about };
  if (!isObject(fields.object)) return refuseReview('the request has no object', { version, uid });
  const mutation = mutate(fields.object, namespace || namespaceOf(fields.object));
  switch (mutation.verdict) {
    case 'unchanged':
      return { body: allow(), outcome: 'unchanged', about };
    case 'denied': {
      const { code, message } = mutation;
      const status = { code, reason: code === 422 ? 'Invalid' : 'Forbidden', message };
      const body = encodeReview(version, { uid, allowed: false, status });
      return { body, outcome: 'denied', about: { ...about, message } };
    }
    case 'mutated': {
      const { patch, size, warnings } = mutation;
      const message = describeSize(size);
      const body = allow({
        // Both or neither.
        ...(patch.length > 0 && {
          patchType: 'JSONPatch',
          patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
        }),
        ...(warnings.length > 0 && { warnings }),
        auditAnnotations: { 'pod-vm': message },
      });
      return { body, outcome: patch.length > 0 ? 'mutated' : 'unchanged', about: { ...about, message } };
    }
  }
}

/** A pod that exists already can not become a peer pod: its resources are immutable. */
function isPodCreation({ operation, kind, subResource }: JsonObject): boolean {
  const isPod = isObject(kind) && kind.kind === 'Pod' && (kind.group ?? '') === '';
  return operation === 'CREATE' && isPod && (subResource ?? '') === '';
}

function namespaceOf(object: JsonObject): string {
  const { metadata } = object;
  return isObject(metadata) && typeof metadata.namespace === 'string' ? metadata.namespace : '';
}

function encodeReview(apiVersion: Version, response: JsonObject): string {
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion, response });
}
