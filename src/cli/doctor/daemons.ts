/** Adaptor, relay and provider: do they answer, do they fit together, what does the provider say. Pure. */

import type { NodeAnswer, ProcessAnswer, SweepAnswer, VerifyAnswer } from '#daemons/admin-contract.ts';
import { type Check, fail, isKnown, type Observed, ok, skip, warn } from './check.ts';

export interface DaemonFacts {
  readonly ownVersion: string;
  readonly adaptor: Observed<ProcessAnswer>;
  readonly relay: Observed<ProcessAnswer>;
  readonly node: Observed<NodeAnswer>;
  readonly findings: Observed<SweepAnswer>;
  readonly verified: Observed<VerifyAnswer>;
}

const area = 'daemons';

export function judgeDaemons(facts: DaemonFacts): readonly Check[] {
  const { ownVersion, adaptor, relay, node, findings, verified } = facts;
  const isEmbedded = isKnown(node) && node.value.settings.relaySocket === '';
  return [
    judgeDaemon('cloud-api-adaptor', adaptor, ownVersion),
    isEmbedded
      ? warn(
          area,
          'agent-relay',
          'it runs within the adaptor: pods end with the adaptor',
          'run agent-relay as a process of its own',
        )
      : judgeDaemon('agent-relay', relay, ownVersion),
    ...judgeFindings(findings),
    ...judgeProvider(node, verified),
  ];
}

function judgeDaemon(program: string, answer: Observed<ProcessAnswer>, ownVersion: string): Check {
  if (!isKnown(answer))
    return fail(
      area,
      program,
      answer.error.split('\n')[0] ?? '',
      `start ${program} on this worker; its log says why it ended`,
    );
  const { version, pid } = answer.value;
  if (version !== ownVersion) {
    return warn(area, program, `version ${version}, peerpodctl is ${ownVersion}`, 'use programs of one version');
  }
  return ok(area, program, `version ${version}, process ${pid}`);
}

function judgeFindings(findings: Observed<SweepAnswer>): readonly Check[] {
  if (!isKnown(findings)) return [skip(area, 'findings', 'the adaptor could not be asked')];
  const { found, due, unasked } = findings.value;
  const asked = unasked.map((whom) =>
    fail(area, `the ${whom}`, 'the adaptor could not ask it', 'see `peerpodctl logs adaptor --level warn`'),
  );
  if (found.length === 0) return [...asked, ok(area, 'findings', 'everything fits together')];
  const kinds = [...new Set(found.map(({ what }) => what))].join(', ');
  const seen = `${found.length} (${kinds}), ${due.length} of them due`;
  return [...asked, warn(area, 'findings', seen, 'see `peerpodctl sweep`; what is due is mended within a minute')];
}

function judgeProvider(node: Observed<NodeAnswer>, verified: Observed<VerifyAnswer>): readonly Check[] {
  if (!isKnown(node)) return [skip('provider', 'settings', 'the adaptor could not be asked')];
  const { provider, image } = node.value;
  return [judgeVerified(provider, verified), judgeImage(provider, image, verified)];
}

function judgeVerified(provider: string, verified: Observed<VerifyAnswer>): Check {
  if (!isKnown(verified)) return skip('provider', 'settings', verified.error);
  const { error } = verified.value;
  return error === undefined
    ? ok('provider', 'settings', `${provider} accepts credentials and what the settings name`)
    : fail(
        'provider',
        'settings',
        error,
        "correct the credentials or settings it names: docs/providers has each provider's",
      );
}

/** Of the options that name the pod VM's image; without such options there is no image to name. */
function judgeImage(provider: string, image: NodeAnswer['image'], verified: Observed<VerifyAnswer>): Check {
  if (image.length === 0) return skip('provider', 'pod VM image', `${provider} takes none from its settings`);
  const set = image.filter(({ value }) => value !== '');
  const names = image.map(({ option }) => `-${option}`).join(' or ');
  if (set.length === 0 && isKnown(verified) && verified.value.error === undefined) {
    return ok('provider', 'pod VM image', `${names} not given: the provider's own, which passed its check`);
  }
  if (set.length === 0) {
    return fail(
      'provider',
      'pod VM image',
      `none is named`,
      `give ${names}; a pod may name its own by annotation all the same`,
    );
  }
  return ok('provider', 'pod VM image', set.map(({ option, value }) => `-${option} ${value}`).join(', '));
}
