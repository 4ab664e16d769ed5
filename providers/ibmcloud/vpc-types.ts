/** The part of the VPC API's answers that is read; names are IBM's: https://cloud.ibm.com/apidocs/vpc */

export interface Reference {
  readonly id: string;
  readonly name?: string;
}

export interface Interface {
  readonly id: string;
  readonly primary_ip?: { readonly address?: string };
}

export interface Instance {
  readonly id: string;
  readonly crn: string;
  readonly name: string;
  readonly status: 'deleting' | 'failed' | 'pending' | 'restarting' | 'running' | 'starting' | 'stopped' | 'stopping';
  readonly status_reasons?: readonly { readonly code: string; readonly message: string }[];
  readonly created_at: string;
  readonly zone: { readonly name: string };
  readonly profile: { readonly name: string };
  readonly availability?: { readonly class?: string };
  readonly primary_network_interface?: Interface;
  readonly network_interfaces?: readonly Interface[];
  readonly boot_volume_attachment?: { readonly volume?: Reference };
}

export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly attachment_state: 'attached' | 'unattached' | 'unusable';
  readonly created_at: string;
  readonly zone: { readonly name: string };
  readonly user_tags: readonly string[];
  readonly volume_attachments: readonly { readonly type: string; readonly instance: Reference }[];
}

export interface Subnet {
  readonly id: string;
  readonly zone: { readonly name: string };
  readonly vpc: Reference;
  readonly resource_group: Reference;
  readonly available_ipv4_address_count: number;
}

export interface Image {
  readonly id: string;
  readonly status: string;
  readonly operating_system: { readonly architecture: string };
}

/** One number, or a choice of them. */
export type Amount =
  | { readonly type: 'fixed'; readonly value: number }
  | { readonly type: 'range' | 'enum'; readonly default: number }
  | { readonly type: 'dependent' };

export interface Profile {
  readonly name: string;
  readonly vcpu_count: Amount;
  /** GiB. */
  readonly memory: Amount;
  readonly vcpu_architecture: { readonly value: string };
  readonly gpu_count?: Amount;
  readonly gpu_model?: { readonly values: readonly string[] };
  readonly confidential_compute_modes?: { readonly values: readonly string[] };
}

export interface Placed {
  readonly id: string;
  readonly zone: { readonly name: string };
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpc?: Reference;
}

/** What an instance is asked for with; https://cloud.ibm.com/apidocs/vpc#create-instance, by image, by interface. */
export interface InstancePrototype {
  readonly name: string;
  readonly image: { readonly id: string };
  readonly profile: { readonly name: string };
  readonly zone: { readonly name: string };
  readonly vpc: { readonly id: string };
  readonly resource_group: { readonly id: string };
  readonly user_data: string;
  readonly keys: readonly { readonly id: string }[];
  readonly primary_network_interface: InterfacePrototype;
  readonly network_interfaces?: readonly InterfacePrototype[];
  readonly metadata_service: { readonly enabled: boolean; readonly protocol: 'http' | 'https' };
  readonly confidential_compute_mode: 'disabled' | 'tdx';
  readonly enable_secure_boot: boolean;
  readonly boot_volume_attachment: {
    readonly delete_volume_on_instance_delete: true;
    readonly volume: {
      readonly profile: { readonly name: string };
      readonly capacity?: number;
      readonly user_tags: readonly string[];
    };
  };
  readonly volume_attachments?: readonly {
    readonly delete_volume_on_instance_delete: false;
    readonly volume: { readonly id: string };
  }[];
  readonly availability?: { readonly class: 'spot' };
  readonly availability_policy?: { readonly preemption: 'delete' };
  readonly placement_target?: { readonly id: string };
}

export interface InterfacePrototype {
  readonly subnet: { readonly id: string };
  readonly security_groups?: readonly { readonly id: string }[];
  readonly allow_ip_spoofing?: boolean;
}
