/** Whether the kernel can do what tunnels need. Pure. */

import { unreachable } from '#base/assert.ts';
import type { FeatureProbe, KernelFeature } from '#domain/tunnel/probe-kernel.ts';
import { type Check, fail, ok, skip, warn } from './check.ts';

const area = 'kernel';

const remedies: Readonly<Record<KernelFeature, string>> = {
  netns: 'use a kernel with network namespaces (CONFIG_NET_NS)',
  vxlan: 'modprobe vxlan, and put vxlan into /etc/modules-load.d/peerpods.conf; CONFIG_VXLAN',
  sch_ingress: 'modprobe sch_ingress, and put it into /etc/modules-load.d/peerpods.conf; CONFIG_NET_SCH_INGRESS',
  'cls_u32, act_mirred':
    'modprobe -a cls_u32 act_mirred, and put both into /etc/modules-load.d/peerpods.conf; CONFIG_NET_CLS_U32, CONFIG_NET_ACT_MIRRED',
  nf_tables: 'modprobe nf_tables; CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET',
};

/** `hasIptables`: tunnels are pinned by it where there is no nf_tables. */
export function judgeKernel(probes: readonly FeatureProbe[], hasIptables: boolean): readonly Check[] {
  return probes.map((probe) => {
    const { feature, outcome, detail = '' } = probe;
    switch (outcome) {
      case 'works':
        return ok(area, feature, 'works in a namespace made for it');
      case 'untried':
        return skip(area, feature, 'something before it did not work');
      case 'denied':
        return fail(
          area,
          feature,
          `not permitted: ${detail}`,
          'run as root; in a container CAP_NET_ADMIN and CAP_SYS_ADMIN are needed',
        );
      case 'absent':
        if (feature !== 'nf_tables') return fail(area, feature, `the kernel has it not: ${detail}`, remedies[feature]);
        return hasIptables
          ? warn(
              area,
              feature,
              'the kernel has it not; iptables pins tunnels instead, which costs more with each pod',
              remedies[feature],
            )
          : fail(
              area,
              feature,
              'the kernel has it not, and there is no iptables',
              `${remedies[feature]}; or install iptables`,
            );
      case 'failed':
        return fail(area, feature, detail, remedies[feature]);
      default:
        return unreachable(outcome);
    }
  });
}
