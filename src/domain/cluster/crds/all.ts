/** Every CustomResourceDefinition that the chart installs. */

import type { CrdSource } from './definition.ts';
import { kataConfigCrd } from './kata-config-crd.ts';
import { peerPodConfigCrd } from './peer-pod-config-crd.ts';
import { peerPodCrd } from './peer-pod-crd.ts';

export const crds: readonly CrdSource[] = [peerPodCrd, peerPodConfigCrd, kataConfigCrd];
