"""Makes, reads and deletes instances with IBM's own SDK, for comparison: a JSON order on stdin, its outcome on stdout."""

import json
import sys

import ibm_vpc.vpc_v1 as v
from ibm_cloud_sdk_core.authenticators import BearerTokenAuthenticator
from ibm_platform_services.global_tagging_v1 import GlobalTaggingV1, Resource


def nic(subnet, groups, spoofing=None):
    return v.NetworkInterfacePrototype(
        subnet=v.SubnetIdentityById(id=subnet),
        security_groups=[v.SecurityGroupIdentityById(id=one) for one in groups] or None,
        allow_ip_spoofing=spoofing,
    )


def prototype(order):
    spot, target = order["spot"], order["target"]
    tdx = order["tdx"]
    second = order["second"]
    return v.InstancePrototypeInstanceByImageInstanceByImageInstanceByNetworkInterface(
        name=order["name"],
        image=v.ImageIdentityById(id=order["image"]),
        profile=v.InstanceProfileIdentityByName(name=order["profile"]),
        zone=v.ZoneIdentityByName(name=order["zone"]),
        vpc=v.VPCIdentityById(id=order["vpc"]),
        resource_group=v.ResourceGroupIdentityById(id=order["resourceGroup"]),
        user_data=order["userData"],
        keys=[v.KeyIdentityById(id=one) for one in order["keys"]],
        primary_network_interface=nic(order["subnet"], order["securityGroups"]),
        network_interfaces=[nic(second["subnet"], second["securityGroups"], True)] if second else None,
        metadata_service=v.InstanceMetadataServicePrototype(enabled=True, protocol="http"),
        confidential_compute_mode="tdx" if tdx else "disabled",
        enable_secure_boot=tdx,
        boot_volume_attachment=v.VolumeAttachmentPrototypeInstanceByImageContext(
            delete_volume_on_instance_delete=True,
            volume=v.VolumePrototypeInstanceByImageContext(
                profile=v.VolumeProfileIdentityByName(name="general-purpose"),
                capacity=order["capacity"] or None,
                user_tags=order["tags"],
            ),
        ),
        volume_attachments=[
            v.VolumeAttachmentPrototype(
                delete_volume_on_instance_delete=False,
                volume=v.VolumeAttachmentPrototypeVolumeVolumeIdentityVolumeIdentityById(id=one),
            )
            for one in order["volumes"]
        ]
        or None,
        availability=v.InstanceAvailabilityPrototype(class_="spot") if spot else None,
        availability_policy=v.InstanceAvailabilityPolicyPrototype(preemption="delete") if spot else None,
        placement_target=v.InstancePlacementTargetPrototypeDedicatedHostIdentityDedicatedHostIdentityById(id=target)
        if target
        else None,
    )


order = json.load(sys.stdin)
authenticator = BearerTokenAuthenticator("a-static-token")
vpc = v.VpcV1(authenticator=authenticator)
vpc.set_service_url(f"{order['url']}/v1")
match order["do"]:
    case "create":
        print(json.dumps({"status": vpc.create_instance(prototype(order)).get_result()["status"]}))
    case "read":
        instances = vpc.list_instances(vpc_id=order["vpc"]).get_result()["instances"]
        models = [v.Instance.from_dict(one) for one in instances]
        volumes = [v.Volume.from_dict(one) for one in vpc.list_volumes(tag=order["tag"]).get_result()["volumes"]]
        print(
            json.dumps(
                {
                    "instances": [[one.id, one.name, one.status] for one in models],
                    "addresses": [one.primary_network_interface.primary_ip.address for one in models],
                    "attachments": [each.instance.id for one in volumes for each in one.volume_attachments],
                    "profile": vpc.get_instance_profile(order["profile"]).get_result()["vcpu_count"]["value"],
                    "subnet": vpc.get_subnet(order["subnet"]).get_result()["zone"]["name"],
                    "image": vpc.get_image(order["image"]).get_result()["operating_system"]["architecture"],
                }
            )
        )
    case "tag":
        tagging = GlobalTaggingV1(authenticator=authenticator)
        tagging.set_service_url(order["url"])
        resources = [Resource(resource_id=one) for one in order["crns"]]
        print(json.dumps(tagging.attach_tag(resources=resources, tag_names=order["tags"], tag_type="user").get_result()))
    case "delete":
        print(json.dumps({"status": vpc.delete_instance(order["id"]).get_status_code()}))
