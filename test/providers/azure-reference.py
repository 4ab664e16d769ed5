"""Makes and reads virtual machines with Microsoft's own SDK, for comparison: a JSON order on stdin, its outcome on stdout."""

import json
import sys
import time

from azure.core import MatchConditions
from azure.core.credentials import AccessToken
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.compute import models as m
from azure.mgmt.network import NetworkManagementClient


class StaticToken:
    def get_token(self, *_scopes, **_options):
        return AccessToken("a-static-token", int(time.time()) + 3600)


def nic(order, name, primary):
    public = None
    if order["publicAddress"] and primary:
        public = m.VirtualMachinePublicIPAddressConfiguration(
            name=name,
            sku=m.PublicIPAddressSku(name="Standard", tier="Regional"),
            tags=order["tags"],
            properties=m.VirtualMachinePublicIPAddressConfigurationProperties(
                delete_option="Delete", public_ip_allocation_method="Static"
            ),
        )
    ip = m.VirtualMachineNetworkInterfaceIPConfiguration(
        name="ip-config",
        properties=m.VirtualMachineNetworkInterfaceIPConfigurationProperties(
            subnet=m.SubResource(id=order["subnet"]), public_ip_address_configuration=public
        ),
    )
    return m.VirtualMachineNetworkInterfaceConfiguration(
        name=name,
        tags=order["tags"],
        properties=m.VirtualMachineNetworkInterfaceConfigurationProperties(
            primary=primary,
            delete_option="Delete",
            network_security_group=m.SubResource(id=order["securityGroup"]),
            ip_configurations=[ip],
        ),
    )


def machine(order):
    name, confidential = order["name"], order["confidential"]
    nics = [nic(order, f"{name}-net", True)] + ([nic(order, f"{name}-net2", False)] if order["secondNic"] else [])
    image = order["image"]
    community = image.lower().startswith("/communitygalleries/")
    disk = m.OSDisk(
        name=f"{name}-disk",
        create_option="FromImage",
        caching="ReadWrite",
        delete_option="Delete",
        disk_size_gb=order["diskGiB"] or None,
        managed_disk=m.ManagedDiskParameters(
            storage_account_type="Premium_LRS",
            security_profile=m.VMDiskSecurityProfile(security_encryption_type="VMGuestStateOnly") if confidential else None,
        ),
    )
    volumes = [
        m.DataDisk(lun=lun, create_option="Attach", delete_option="Detach", managed_disk=m.ManagedDiskParameters(id=one))
        for lun, one in enumerate(order["volumes"])
    ]
    key = m.SshPublicKey(path=f"/home/{order['user']}/.ssh/authorized_keys", key_data=order["key"])
    spot = order["spot"]
    return m.VirtualMachine(
        location=order["location"],
        tags=order["tags"],
        zones=[order["zone"]] if order["zone"] else None,
        properties=m.VirtualMachineProperties(
            hardware_profile=m.HardwareProfile(vm_size=order["size"]),
            storage_profile=m.StorageProfile(
                image_reference=m.ImageReference(community_gallery_image_id=image) if community else m.ImageReference(id=image),
                os_disk=disk,
                data_disks=volumes or None,
            ),
            os_profile=m.OSProfile(
                computer_name=name,
                admin_username=order["user"],
                linux_configuration=m.LinuxConfiguration(
                    disable_password_authentication=True, ssh=m.SshConfiguration(public_keys=[key])
                ),
            ),
            network_profile=m.NetworkProfile(network_api_version="2020-11-01", network_interface_configurations=nics),
            diagnostics_profile=m.DiagnosticsProfile(boot_diagnostics=m.BootDiagnostics(enabled=True)),
            user_data=order["userData"],
            security_profile=m.SecurityProfile(
                security_type="ConfidentialVM",
                uefi_settings=m.UefiSettings(secure_boot_enabled=order["secureBoot"], v_tpm_enabled=True),
            )
            if confidential
            else None,
            priority="Spot" if spot else None,
            eviction_policy="Delete" if spot else None,
            billing_profile=m.BillingProfile(max_price=-1) if spot else None,
        ),
    )


order = json.load(sys.stdin)
options = {"base_url": order["url"], "credential_scopes": ["https://example.test/.default"], "polling_interval": 0}
compute = ComputeManagementClient(StaticToken(), order["subscription"], **options)
network = NetworkManagementClient(StaticToken(), order["subscription"], **options)
group = order["group"]
match order["do"]:
    case "create":
        poller = compute.virtual_machines.begin_create_or_update(
            group, order["name"], machine(order), match_condition=MatchConditions.IfMissing
        )
        print(json.dumps({"state": poller.result().properties.provisioning_state}))
    case "read":
        print(
            json.dumps(
                {
                    "vms": [[one.name, one.properties.provisioning_state] for one in compute.virtual_machines.list(group)],
                    "addresses": [
                        ip.properties.private_ip_address
                        for one in network.network_interfaces.list(group)
                        for ip in one.properties.ip_configurations
                    ],
                    "disks": [one.name for one in compute.disks.list_by_resource_group(group)],
                    "sizes": [one.name for one in compute.resource_skus.list(filter=f"location eq '{order['location']}'")],
                }
            )
        )
    case "delete":
        compute.virtual_machines.begin_delete(group, order["name"], force_deletion=True).result()
        print("{}")
