/**
 * What EC2 does and moto does not: client tokens, the user-data limit, and reads that lag behind writes.
 * From EC2's documentation; moto has the rest.
 */

import type { Behaviour, ProxiedAnswer, ProxiedRequest } from './fault-proxy.ts';

const userDataBytesMax = 16_384;

export function actionOf({ body }: ProxiedRequest): string {
  return new URLSearchParams(body.toString()).get('Action') ?? '';
}

export function ec2Error(status: number, code: string, message = 'injected'): ProxiedAnswer {
  const body =
    '<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error>' +
    `<Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>injected</RequestID></Response>`;
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) };
}

interface Launch {
  readonly parameters: string;
  readonly answer: ProxiedAnswer;
  readonly ids: readonly string[];
}

export class Ec2Behaviour implements Behaviour {
  readonly #launches = new Map<string, Launch>();
  readonly #ended = new Set<string>();
  /** Until when an instance is not to be seen, by performance.now(). */
  readonly #hidden = new Map<string, number>();
  #hideNextMs = 0;
  #endNextFor: string | undefined;
  /** Instances that are shown as ended, with the reason. */
  readonly #failed = new Map<string, string>();

  /** The instances of the next launch stay hidden for `ms`. */
  hideNext(ms: number): void {
    this.#hideNextMs = ms;
  }

  /** EC2 accepts the next launch, and finds out later that it cannot: the instance ends with this reason. */
  endNext(reason: string): void {
    this.#endNextFor = reason;
  }

  readonly before = (request: ProxiedRequest): ProxiedAnswer | undefined => {
    const parameters = new URLSearchParams(request.body.toString());
    switch (parameters.get('Action')) {
      case 'RunInstances':
        return this.#beforeLaunch(parameters);
      case 'TerminateInstances': {
        const ids = [...parameters].filter(([name]) => name.startsWith('InstanceId.')).map(([, id]) => id);
        const hidden = ids.filter((id) => this.#isHidden(id));
        if (hidden.length > 0) {
          return ec2Error(400, 'InvalidInstanceID.NotFound', `The instance IDs '${hidden.join(', ')}' do not exist`);
        }
        for (const id of ids) this.#ended.add(id);
        return undefined;
      }
      default:
        return undefined;
    }
  };

  readonly after = (request: ProxiedRequest, answer: ProxiedAnswer): ProxiedAnswer => {
    const parameters = new URLSearchParams(request.body.toString());
    const action = parameters.get('Action');
    if (action === 'DescribeInstances') return this.#asShown(answer);
    if (action !== 'RunInstances' || answer.status !== 200) return answer;
    const token = parameters.get('ClientToken');
    const ids = [...answer.body.toString().matchAll(/<instanceId>(i-[0-9a-f]+)<\/instanceId>/g)].map(
      ([, id = '']) => id,
    );
    if (token) this.#launches.set(token, { parameters: essence(parameters), answer, ids });
    for (const id of ids) this.#hidden.set(id, performance.now() + this.#hideNextMs);
    this.#hideNextMs = 0;
    for (const id of ids) if (this.#endNextFor !== undefined) this.#failed.set(id, this.#endNextFor);
    this.#endNextFor = undefined;
    return answer;
  };

  #beforeLaunch(parameters: URLSearchParams): ProxiedAnswer | undefined {
    const userData = Buffer.from(parameters.get('UserData') ?? '', 'base64');
    if (userData.length > userDataBytesMax) {
      return ec2Error(400, 'InvalidParameterValue', 'User data is limited to 16384 bytes');
    }
    const launch = this.#launches.get(parameters.get('ClientToken') ?? '');
    if (!launch || parameters.get('DryRun') === 'true') return undefined;
    if (launch.parameters !== essence(parameters)) {
      return ec2Error(400, 'IdempotentParameterMismatch', 'The token was used with other parameters');
    }
    if (launch.ids.every((id) => this.#ended.has(id))) {
      return ec2Error(400, 'IdempotentInstanceTerminated', 'The instance of this token was terminated');
    }
    return launch.answer;
  }

  #isHidden(id: string): boolean {
    return (this.#hidden.get(id) ?? 0) > performance.now();
  }

  #asShown(answer: ProxiedAnswer): ProxiedAnswer {
    const reservation = /<item>\s*<reservationId>[\s\S]*?(?=<item>\s*<reservationId>|<\/reservationSet>)/g;
    const text = answer.body.toString().replace(reservation, (item) => {
      const id = /<instanceId>(i-[0-9a-f]+)<\/instanceId>/.exec(item)?.[1];
      if (id !== undefined && this.#isHidden(id)) return '';
      const reason = this.#failed.get(id ?? '');
      if (reason === undefined) return item;
      const ended = `<instanceState><code>48</code><name>terminated</name></instanceState>`;
      const why = `<stateReason><code>${reason}</code><message>no room</message></stateReason>`;
      const without = item.replace(/<stateReason>[\s\S]*?<\/stateReason>|<stateReason\/>/g, '');
      return without.replace(/<instanceState>[\s\S]*?<\/instanceState>/, ended + why);
    });
    return { ...answer, body: Buffer.from(text) };
  }
}

/** The parameters that a token stands for: all but the token. */
function essence(parameters: URLSearchParams): string {
  return [...parameters]
    .filter(([name]) => name !== 'ClientToken')
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('&');
}
