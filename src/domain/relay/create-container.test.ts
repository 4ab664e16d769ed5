import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directVolumeName } from '#codec/direct-volumes.ts';
import { grpc } from '#codec/gen/agent.js';
import { addWorkerAnnotations } from './create-container.ts';

const uid = '1c2d';
const source = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~csi/pv-1/mount`;
const nothing = { volumes: [], directories: new Set<string>() };

function request(annotations: Record<string, string>, mounts: { source: string; destination: string }[] = []) {
  return grpc.CreateContainerRequest.encode({
    containerId: 'c',
    OCI: { Version: '1.0.2', Annotations: annotations, Mounts: mounts, Linux: { CgroupsPath: '/x' } },
  }).finish();
}

function annotationsOf(payload: Uint8Array): Record<string, string> {
  return { ...grpc.CreateContainerRequest.decode(payload).OCI?.Annotations };
}

test('a request that needs nothing stays the very same bytes', () => {
  const payload = request({ a: 'b' }, [{ source: '/tmp', destination: '/tmp' }]);
  assert.equal(addWorkerAnnotations(payload, nothing), payload);
  const empty = request({ 'io.katacontainers.config.hypervisor.default_gpus': '' });
  assert.equal(addWorkerAnnotations(empty, nothing), empty);
});

test('GPUs lead to the CDI annotation', () => {
  const payload = request({ 'io.katacontainers.config.hypervisor.default_gpus': '2' });
  assert.deepEqual(annotationsOf(addWorkerAnnotations(payload, nothing)), {
    'io.katacontainers.config.hypervisor.default_gpus': '2',
    'cdi.k8s.io/peer-pods': 'nvidia.com/gpu=all',
  });
});

test('a CSI mount with a record leads to both volume annotations, everything else untouched', () => {
  const volume = { targetPath: source, diskId: 'disk-1', fsType: 'xfs', encryptType: undefined, keyId: undefined };
  const worker = { volumes: [volume], directories: new Set([directVolumeName(source)]) };
  const payload = request({ 'io.kubernetes.cri.sandbox-uid': uid }, [{ source, destination: '/data' }]);
  const edited = addWorkerAnnotations(payload, worker);
  const { 'io.confidentialcontainers.org.cloud_volumes': volumes, ...others } = annotationsOf(edited);
  assert.deepEqual(JSON.parse(volumes ?? ''), {
    'vol-0': { mount_point: '/data', fs_type: 'xfs', lun: '0', disk_id: 'disk-1' },
  });
  assert.deepEqual(others, {
    'io.kubernetes.cri.sandbox-uid': uid,
    'io.confidentialcontainers.org.peerpodvolumes.target_path': source,
  });
  const [before, after] = [payload, edited].map((bytes) => grpc.CreateContainerRequest.decode(bytes).OCI);
  assert.deepEqual({ ...after, Annotations: {} }, { ...before, Annotations: {} });
});

test("another pod's volume is not this pod's, and without a uid there are none", () => {
  const volume = { targetPath: source, diskId: 'disk-1', fsType: 'xfs', encryptType: undefined, keyId: undefined };
  const worker = { volumes: [volume], directories: new Set<string>() };
  const mounts = [{ source, destination: '/data' }];
  for (const annotations of [{ 'io.kubernetes.cri.sandbox-uid': 'other' }, { a: 'b' }]) {
    const payload = request(annotations, mounts);
    assert.equal(addWorkerAnnotations(payload, worker), payload);
  }
});

test('no OCI spec is told, for the agent to judge', () => {
  assert.throws(() => addWorkerAnnotations(new Uint8Array(0), nothing), /E_DECODE/);
});

test('the disks that were attached keep their LUNs, whatever is on the worker now', () => {
  const attached = {
    targetPath: source,
    diskId: 'disk-2',
    fsType: 'ext4',
    encryptType: undefined,
    keyId: undefined,
    lun: 3,
  };
  const payload = request({ 'io.kubernetes.cri.sandbox-uid': uid }, [{ source, destination: '/data' }]);
  const edited = annotationsOf(addWorkerAnnotations(payload, nothing, [attached]));
  assert.deepEqual(JSON.parse(edited['io.confidentialcontainers.org.cloud_volumes'] ?? ''), {
    'vol-3': { mount_point: '/data', fs_type: 'ext4', lun: '3', disk_id: 'disk-2' },
  });
});
