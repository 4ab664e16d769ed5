/** An adaptor whose way to the API server leads through a proxy that can fail it; what it logged, when a test fails. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import { type Daemon, paths } from '#dev/demo/daemons.ts';
import { AdaptorWorker } from './adaptor-worker.ts';
import { FaultProxy } from './fault-proxy.ts';
import { hasKubernetes } from './kubernetes-program.ts';

/** For all tests of a file; undefined where there is no control plane. */
export interface ProxiedWorker {
  readonly worker: AdaptorWorker;
  readonly proxy: FaultProxy;
  /** Runs `body` beside an adaptor that is killed afterwards. */
  withAdaptor(context: TestContext, body: (adaptor: Daemon) => Promise<void>): Promise<void>;
}

/** To be called while a file is loaded; the function gives the scene once tests run. */
export function proxiedWorker(): () => ProxiedWorker {
  let scene: ProxiedWorker | undefined;
  const undo = new AsyncDisposableStack();
  before(async () => {
    if (!hasKubernetes()) return;
    const worker = undo.use(await AdaptorWorker.start());
    const proxy = undo.use(await FaultProxy.start(worker.cluster));
    const path = await proxy.writeKubeconfig(worker.cluster.files.path('proxy.kubeconfig'));
    const env = { KUBECONFIG: path, PEERPODS_LIMIT_PER_NODE: '-1' };
    scene = { worker, proxy, withAdaptor: (context, body) => withAdaptor(worker, env, context, body) };
  });
  after(() => undo.disposeAsync());
  return () => {
    if (!scene) throw new Error('no control plane');
    return scene;
  };
}

async function withAdaptor(
  worker: AdaptorWorker,
  env: Record<string, string>,
  context: TestContext,
  body: (adaptor: Daemon) => Promise<void>,
): Promise<void> {
  const adaptor = await worker.runAdaptor('uid-of-adaptor', env);
  try {
    await body(adaptor);
  } catch (error) {
    const lines = readFileSync(join(paths.logs, 'cloud-api-adaptor.log'), 'utf8').split('\n');
    context.diagnostic(lines.slice(-40).join('\n'));
    throw error;
  } finally {
    await adaptor[Symbol.asyncDispose]();
  }
}
