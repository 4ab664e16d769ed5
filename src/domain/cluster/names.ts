/** Names that more than one part uses: of objects, labels and annotations. */

export const fieldManager = 'peerpods-controller';
/** On a PeerPodConfig while anything of it exists. */
export const configFinalizer = 'peerpods.io/peerpodconfig';
export const kataFinalizer = 'kataconfiguration.openshift.io/finalizer';
/** On a PeerPodConfig, with its UID: its end does not wait for PeerPods. */
export const forceAnnotation = 'peerpods.io/force-delete';

export const adaptorName = 'peerpods-adaptor';
export const relayName = 'peerpods-relay';
export const webhookName = 'peerpods-webhook';
/** Which the webhook makes for itself. */
export const webhookCertificateName = 'peerpods-webhook-certificate';
export const extendedResource = 'kata.peerpods.io/vm';
/** Nodes meant by an empty selector. */
export const workerLabel = 'node.kubernetes.io/worker';

export type Component = 'adaptor' | 'relay' | 'webhook' | 'controller';

export function labelsOf(component: Component): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': 'peerpods',
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/managed-by': fieldManager,
  };
}

/** Those that a selector may hold: who manages an object may change. */
export function selectorOf(component: Component): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': 'peerpods', 'app.kubernetes.io/component': component };
}
