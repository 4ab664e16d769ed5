#!/usr/bin/env python3
"""An example of a provider plugin as a program of its own, in Python: its "cloud" is a file, as in plugin-node.

    cloud-api-adaptor pyfile -plugin ./examples/plugin-python/plugin.py -pyfile-path /var/lib/file-cloud.json

It needs grpcio, protobuf and grpcio-health-checking, and provider_pb2.py / provider_pb2_grpc.py made from
proto/provider.proto (docs/plugins.md); PYTHONPATH says where those two are.
"""

import hashlib
import json
import os
import signal
import sys
import threading
import time
from concurrent import futures

import grpc
import provider_pb2 as pb
import provider_pb2_grpc as services
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

API_VERSION = 1
USER_DATA_BYTES_MAX = 65536
SIZE_MAX = 250

# What the adaptor acts upon is the trailer; the gRPC status is for whoever reads along.
STATUS = {
    "not-found": grpc.StatusCode.NOT_FOUND,
    "no-capacity": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "invalid-configuration": grpc.StatusCode.FAILED_PRECONDITION,
    "transient": grpc.StatusCode.UNAVAILABLE,
}


class Failure(Exception):
    """A failed call in the contract's words."""

    def __init__(self, code, message, pod_vm_id=None):
        super().__init__(message)
        self.code = code
        self.pod_vm_id = pod_vm_id


class Cloud:
    """VMs by id in a file; a change is there whole or not at all."""

    def __init__(self, path, size_max):
        self.path = path
        self.size_max = size_max
        self.lock = threading.Lock()

    def read(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Failure("invalid-configuration", f"-pyfile-path: {error}") from error

    def change(self, body):
        with self.lock:
            vms = self.read()
            result = body(vms)
            try:
                descriptor = os.open(f"{self.path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    json.dump(vms, file)
                os.replace(f"{self.path}.new", self.path)
            except OSError as error:
                raise Failure("invalid-configuration", f"-pyfile-path: {error}") from error
            return result


def told(body):
    """Turns a Failure into a status with its trailers."""

    def wrapped(self, request, context):
        try:
            return body(self, request)
        except Failure as failure:
            trailers = [("peerpods-code", failure.code)]
            if failure.pod_vm_id is not None:
                trailers.append(("peerpods-pod-vm-id", failure.pod_vm_id))
            context.set_trailing_metadata(trailers)
            context.abort(STATUS.get(failure.code, grpc.StatusCode.UNKNOWN), str(failure))

    return wrapped


def pod_vm(vm):
    owner = pb.Owner(cluster=vm["cluster"], node=vm["node"])
    return pb.PodVm(
        id=vm["id"],
        name=vm["name"],
        sandbox_id=vm["sandbox"],
        owner=owner,
        state="running",
        addresses=vm["addresses"],
        created_at_ms=vm["created"],
    )


class Provider(services.ProviderServicer):
    def __init__(self):
        self.cloud = None

    def Describe(self, request, context):
        return pb.DescribeResponse(
            api_version=API_VERSION,
            name="pyfile",
            summary="pod VMs as entries of a file; an example in Python",
            user_data_bytes_max=USER_DATA_BYTES_MAX,
            options=[
                pb.OptionSpec(flag="pyfile-path", env="PYFILE_PATH", kind="string", help="the file (required)"),
                pb.OptionSpec(
                    flag="pyfile-size-max", kind="integer", default="100", min=1, max=SIZE_MAX, help="pod VMs at most"
                ),
            ],
        )

    @told
    def Configure(self, request):
        path = request.values["pyfile-path"].text if "pyfile-path" in request.values else ""
        if path == "":
            raise Failure("invalid-configuration", "-pyfile-path (PYFILE_PATH) is required")
        self.cloud = Cloud(path, int(request.values["pyfile-size-max"].number))
        return pb.ConfigureResponse()

    @told
    def Create(self, request):
        spec = request.spec
        # The id says which sandbox it is: whoever asks again, after a crash too, finds what there is.
        key = json.dumps([spec.owner.cluster, spec.sandbox_id])
        identity = hashlib.sha256(key.encode()).hexdigest()[:32]

        def make(vms):
            if identity in vms:
                return vms[identity]
            taken = {address for vm in vms.values() for address in vm["addresses"]}
            free = [f"198.51.100.{host}" for host in range(1, self.cloud.size_max + 1)]
            address = next((one for one in free if one not in taken), None)
            if address is None:
                raise Failure("no-capacity", f"the file holds {self.cloud.size_max} pod VMs already")
            vms[identity] = {
                "id": identity,
                "name": spec.name,
                "sandbox": spec.sandbox_id,
                "cluster": spec.owner.cluster,
                "node": spec.owner.node,
                "addresses": [address],
                "created": int(time.time() * 1000),
            }
            return vms[identity]

        return pod_vm(self.cloud.change(make))

    @told
    def Delete(self, request):
        self.cloud.change(lambda vms: vms.pop(request.pod_vm_id, None))
        return pb.DeleteResponse(gone=True)

    @told
    def Get(self, request):
        vm = self.cloud.read().get(request.pod_vm_id)
        return pb.GetResponse(pod_vm=pod_vm(vm)) if vm else pb.GetResponse()

    @told
    def List(self, request):
        owner = (request.owner.cluster, request.owner.node)
        vms = self.cloud.read().values()
        return pb.ListResponse(pod_vms=[pod_vm(vm) for vm in vms if (vm["cluster"], vm["node"]) == owner])

    @told
    def Verify(self, request):
        self.cloud.change(lambda vms: None)
        return pb.VerifyResponse()


def main():
    socket = os.environ.get("PEERPODS_PLUGIN_SOCKET")
    if socket is None:
        sys.exit("this is a plugin: cloud-api-adaptor starts it")
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    services.add_ProviderServicer_to_server(Provider(), server)
    checks = health.HealthServicer()
    checks.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    print("plugin-python serves", file=sys.stderr, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: server.stop(2))
    # The adaptor holds our stdin: when it ends, however, so do we.
    threading.Thread(target=lambda: (sys.stdin.read(), server.stop(2)), daemon=True).start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
