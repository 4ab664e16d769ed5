import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace grpc. */
export namespace grpc {

    /**
     * Properties of a StringUser.
     * @deprecated Use grpc.StringUser.$Properties instead.
     */
    interface IStringUser extends grpc.StringUser.$Properties {
    }

    /** Represents a StringUser. */
    class StringUser {

        /**
         * Constructs a new StringUser.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.StringUser.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StringUser uid. */
        uid: string;

        /** StringUser gid. */
        gid: string;

        /** StringUser additionalGids. */
        additionalGids: string[];

        /**
         * Creates a new StringUser instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StringUser instance
         */
        static create(properties: grpc.StringUser.$Shape): grpc.StringUser & grpc.StringUser.$Shape;
        static create(properties?: grpc.StringUser.$Properties): grpc.StringUser;

        /**
         * Encodes the specified StringUser message. Does not implicitly {@link grpc.StringUser.verify|verify} messages.
         * @param message StringUser message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.StringUser.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StringUser message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.StringUser & grpc.StringUser.$Shape} StringUser
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.StringUser & grpc.StringUser.$Shape;

        /**
         * Gets the type url for StringUser
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StringUser {

        /** Properties of a StringUser. */
        interface $Properties {

            /** StringUser uid */
            uid?: (string|null);

            /** StringUser gid */
            gid?: (string|null);

            /** StringUser additionalGids */
            additionalGids?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StringUser. */
        type $Shape = grpc.StringUser.$Properties;
    }

    /**
     * Properties of a Storage.
     * @deprecated Use grpc.Storage.$Properties instead.
     */
    interface IStorage extends grpc.Storage.$Properties {
    }

    /** Represents a Storage. */
    class Storage {

        /**
         * Constructs a new Storage.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.Storage.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Storage driver. */
        driver: string;

        /** Storage driverOptions. */
        driverOptions: string[];

        /** Storage source. */
        source: string;

        /** Storage fstype. */
        fstype: string;

        /** Storage options. */
        options: string[];

        /** Storage mountPoint. */
        mountPoint: string;

        /** Storage shared. */
        shared: boolean;

        /**
         * Creates a new Storage instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Storage instance
         */
        static create(properties: grpc.Storage.$Shape): grpc.Storage & grpc.Storage.$Shape;
        static create(properties?: grpc.Storage.$Properties): grpc.Storage;

        /**
         * Encodes the specified Storage message. Does not implicitly {@link grpc.Storage.verify|verify} messages.
         * @param message Storage message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.Storage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Storage message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.Storage & grpc.Storage.$Shape} Storage
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.Storage & grpc.Storage.$Shape;

        /**
         * Gets the type url for Storage
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Storage {

        /** Properties of a Storage. */
        interface $Properties {

            /** Storage driver */
            driver?: (string|null);

            /** Storage driverOptions */
            driverOptions?: (string[]|null);

            /** Storage source */
            source?: (string|null);

            /** Storage fstype */
            fstype?: (string|null);

            /** Storage options */
            options?: (string[]|null);

            /** Storage mountPoint */
            mountPoint?: (string|null);

            /** Storage shared */
            shared?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Storage. */
        type $Shape = grpc.Storage.$Properties;
    }

    /**
     * Properties of a Mount.
     * @deprecated Use grpc.Mount.$Properties instead.
     */
    interface IMount extends grpc.Mount.$Properties {
    }

    /** Represents a Mount. */
    class Mount {

        /**
         * Constructs a new Mount.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.Mount.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Mount destination. */
        destination: string;

        /** Mount source. */
        source: string;

        /** Mount type. */
        type: string;

        /** Mount options. */
        options: string[];

        /**
         * Creates a new Mount instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Mount instance
         */
        static create(properties: grpc.Mount.$Shape): grpc.Mount & grpc.Mount.$Shape;
        static create(properties?: grpc.Mount.$Properties): grpc.Mount;

        /**
         * Encodes the specified Mount message. Does not implicitly {@link grpc.Mount.verify|verify} messages.
         * @param message Mount message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.Mount.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Mount message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.Mount & grpc.Mount.$Shape} Mount
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.Mount & grpc.Mount.$Shape;

        /**
         * Gets the type url for Mount
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Mount {

        /** Properties of a Mount. */
        interface $Properties {

            /** Mount destination */
            destination?: (string|null);

            /** Mount source */
            source?: (string|null);

            /** Mount type */
            type?: (string|null);

            /** Mount options */
            options?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Mount. */
        type $Shape = grpc.Mount.$Properties;
    }

    /**
     * Properties of a Process.
     * @deprecated Use grpc.Process.$Properties instead.
     */
    interface IProcess extends grpc.Process.$Properties {
    }

    /** Represents a Process. */
    class Process {

        /**
         * Constructs a new Process.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.Process.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Process Terminal. */
        Terminal: boolean;

        /** Process Args. */
        Args: string[];

        /** Process Env. */
        Env: string[];

        /** Process Cwd. */
        Cwd: string;

        /** Process NoNewPrivileges. */
        NoNewPrivileges: boolean;

        /** Process OOMScoreAdj. */
        OOMScoreAdj: Long;

        /**
         * Creates a new Process instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Process instance
         */
        static create(properties: grpc.Process.$Shape): grpc.Process & grpc.Process.$Shape;
        static create(properties?: grpc.Process.$Properties): grpc.Process;

        /**
         * Encodes the specified Process message. Does not implicitly {@link grpc.Process.verify|verify} messages.
         * @param message Process message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.Process.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Process message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.Process & grpc.Process.$Shape} Process
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.Process & grpc.Process.$Shape;

        /**
         * Gets the type url for Process
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Process {

        /** Properties of a Process. */
        interface $Properties {

            /** Process Terminal */
            Terminal?: (boolean|null);

            /** Process Args */
            Args?: (string[]|null);

            /** Process Env */
            Env?: (string[]|null);

            /** Process Cwd */
            Cwd?: (string|null);

            /** Process NoNewPrivileges */
            NoNewPrivileges?: (boolean|null);

            /** Process OOMScoreAdj */
            OOMScoreAdj?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Process. */
        type $Shape = grpc.Process.$Properties;
    }

    /**
     * Properties of a Root.
     * @deprecated Use grpc.Root.$Properties instead.
     */
    interface IRoot extends grpc.Root.$Properties {
    }

    /** Represents a Root. */
    class Root {

        /**
         * Constructs a new Root.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.Root.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Root Path. */
        Path: string;

        /** Root Readonly. */
        Readonly: boolean;

        /**
         * Creates a new Root instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Root instance
         */
        static create(properties: grpc.Root.$Shape): grpc.Root & grpc.Root.$Shape;
        static create(properties?: grpc.Root.$Properties): grpc.Root;

        /**
         * Encodes the specified Root message. Does not implicitly {@link grpc.Root.verify|verify} messages.
         * @param message Root message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.Root.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Root message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.Root & grpc.Root.$Shape} Root
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.Root & grpc.Root.$Shape;

        /**
         * Gets the type url for Root
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Root {

        /** Properties of a Root. */
        interface $Properties {

            /** Root Path */
            Path?: (string|null);

            /** Root Readonly */
            Readonly?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Root. */
        type $Shape = grpc.Root.$Properties;
    }

    /**
     * Properties of a LinuxNamespace.
     * @deprecated Use grpc.LinuxNamespace.$Properties instead.
     */
    interface ILinuxNamespace extends grpc.LinuxNamespace.$Properties {
    }

    /** Represents a LinuxNamespace. */
    class LinuxNamespace {

        /**
         * Constructs a new LinuxNamespace.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.LinuxNamespace.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LinuxNamespace Type. */
        Type: string;

        /** LinuxNamespace Path. */
        Path: string;

        /**
         * Creates a new LinuxNamespace instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LinuxNamespace instance
         */
        static create(properties: grpc.LinuxNamespace.$Shape): grpc.LinuxNamespace & grpc.LinuxNamespace.$Shape;
        static create(properties?: grpc.LinuxNamespace.$Properties): grpc.LinuxNamespace;

        /**
         * Encodes the specified LinuxNamespace message. Does not implicitly {@link grpc.LinuxNamespace.verify|verify} messages.
         * @param message LinuxNamespace message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.LinuxNamespace.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LinuxNamespace message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.LinuxNamespace & grpc.LinuxNamespace.$Shape} LinuxNamespace
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.LinuxNamespace & grpc.LinuxNamespace.$Shape;

        /**
         * Gets the type url for LinuxNamespace
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace LinuxNamespace {

        /** Properties of a LinuxNamespace. */
        interface $Properties {

            /** LinuxNamespace Type */
            Type?: (string|null);

            /** LinuxNamespace Path */
            Path?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LinuxNamespace. */
        type $Shape = grpc.LinuxNamespace.$Properties;
    }

    /**
     * Properties of a LinuxMemory.
     * @deprecated Use grpc.LinuxMemory.$Properties instead.
     */
    interface ILinuxMemory extends grpc.LinuxMemory.$Properties {
    }

    /** Represents a LinuxMemory. */
    class LinuxMemory {

        /**
         * Constructs a new LinuxMemory.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.LinuxMemory.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LinuxMemory Limit. */
        Limit: Long;

        /**
         * Creates a new LinuxMemory instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LinuxMemory instance
         */
        static create(properties: grpc.LinuxMemory.$Shape): grpc.LinuxMemory & grpc.LinuxMemory.$Shape;
        static create(properties?: grpc.LinuxMemory.$Properties): grpc.LinuxMemory;

        /**
         * Encodes the specified LinuxMemory message. Does not implicitly {@link grpc.LinuxMemory.verify|verify} messages.
         * @param message LinuxMemory message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.LinuxMemory.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LinuxMemory message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.LinuxMemory & grpc.LinuxMemory.$Shape} LinuxMemory
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.LinuxMemory & grpc.LinuxMemory.$Shape;

        /**
         * Gets the type url for LinuxMemory
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace LinuxMemory {

        /** Properties of a LinuxMemory. */
        interface $Properties {

            /** LinuxMemory Limit */
            Limit?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LinuxMemory. */
        type $Shape = grpc.LinuxMemory.$Properties;
    }

    /**
     * Properties of a LinuxResources.
     * @deprecated Use grpc.LinuxResources.$Properties instead.
     */
    interface ILinuxResources extends grpc.LinuxResources.$Properties {
    }

    /** Represents a LinuxResources. */
    class LinuxResources {

        /**
         * Constructs a new LinuxResources.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.LinuxResources.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LinuxResources Memory. */
        Memory?: (grpc.LinuxMemory.$Properties|null);

        /**
         * Creates a new LinuxResources instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LinuxResources instance
         */
        static create(properties: grpc.LinuxResources.$Shape): grpc.LinuxResources & grpc.LinuxResources.$Shape;
        static create(properties?: grpc.LinuxResources.$Properties): grpc.LinuxResources;

        /**
         * Encodes the specified LinuxResources message. Does not implicitly {@link grpc.LinuxResources.verify|verify} messages.
         * @param message LinuxResources message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.LinuxResources.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LinuxResources message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.LinuxResources & grpc.LinuxResources.$Shape} LinuxResources
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.LinuxResources & grpc.LinuxResources.$Shape;

        /**
         * Gets the type url for LinuxResources
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace LinuxResources {

        /** Properties of a LinuxResources. */
        interface $Properties {

            /** LinuxResources Memory */
            Memory?: (grpc.LinuxMemory.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LinuxResources. */
        type $Shape = grpc.LinuxResources.$Properties;
    }

    /**
     * Properties of a Linux.
     * @deprecated Use grpc.Linux.$Properties instead.
     */
    interface ILinux extends grpc.Linux.$Properties {
    }

    /** Represents a Linux. */
    class Linux {

        /**
         * Constructs a new Linux.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.Linux.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Linux Sysctl. */
        Sysctl: { [k: string]: string };

        /** Linux Resources. */
        Resources?: (grpc.LinuxResources.$Properties|null);

        /** Linux CgroupsPath. */
        CgroupsPath: string;

        /** Linux Namespaces. */
        Namespaces: grpc.LinuxNamespace.$Properties[];

        /**
         * Creates a new Linux instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Linux instance
         */
        static create(properties: grpc.Linux.$Shape): grpc.Linux & grpc.Linux.$Shape;
        static create(properties?: grpc.Linux.$Properties): grpc.Linux;

        /**
         * Encodes the specified Linux message. Does not implicitly {@link grpc.Linux.verify|verify} messages.
         * @param message Linux message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.Linux.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Linux message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.Linux & grpc.Linux.$Shape} Linux
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.Linux & grpc.Linux.$Shape;

        /**
         * Gets the type url for Linux
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Linux {

        /** Properties of a Linux. */
        interface $Properties {

            /** Linux Sysctl */
            Sysctl?: ({ [k: string]: string }|null);

            /** Linux Resources */
            Resources?: (grpc.LinuxResources.$Properties|null);

            /** Linux CgroupsPath */
            CgroupsPath?: (string|null);

            /** Linux Namespaces */
            Namespaces?: (grpc.LinuxNamespace.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Linux. */
        type $Shape = grpc.Linux.$Properties;
    }

    /**
     * Properties of a Spec.
     * @deprecated Use grpc.Spec.$Properties instead.
     */
    interface ISpec extends grpc.Spec.$Properties {
    }

    /** Represents a Spec. */
    class Spec {

        /**
         * Constructs a new Spec.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.Spec.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Spec Version. */
        Version: string;

        /** Spec Process. */
        Process?: (grpc.Process.$Properties|null);

        /** Spec Root. */
        Root?: (grpc.Root.$Properties|null);

        /** Spec Hostname. */
        Hostname: string;

        /** Spec Mounts. */
        Mounts: grpc.Mount.$Properties[];

        /** Spec Annotations. */
        Annotations: { [k: string]: string };

        /** Spec Linux. */
        Linux?: (grpc.Linux.$Properties|null);

        /**
         * Creates a new Spec instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Spec instance
         */
        static create(properties: grpc.Spec.$Shape): grpc.Spec & grpc.Spec.$Shape;
        static create(properties?: grpc.Spec.$Properties): grpc.Spec;

        /**
         * Encodes the specified Spec message. Does not implicitly {@link grpc.Spec.verify|verify} messages.
         * @param message Spec message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.Spec.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Spec message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.Spec & grpc.Spec.$Shape} Spec
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.Spec & grpc.Spec.$Shape;

        /**
         * Gets the type url for Spec
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace Spec {

        /** Properties of a Spec. */
        interface $Properties {

            /** Spec Version */
            Version?: (string|null);

            /** Spec Process */
            Process?: (grpc.Process.$Properties|null);

            /** Spec Root */
            Root?: (grpc.Root.$Properties|null);

            /** Spec Hostname */
            Hostname?: (string|null);

            /** Spec Mounts */
            Mounts?: (grpc.Mount.$Properties[]|null);

            /** Spec Annotations */
            Annotations?: ({ [k: string]: string }|null);

            /** Spec Linux */
            Linux?: (grpc.Linux.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Spec. */
        type $Shape = grpc.Spec.$Properties;
    }

    /**
     * Properties of a CreateContainerRequest.
     * @deprecated Use grpc.CreateContainerRequest.$Properties instead.
     */
    interface ICreateContainerRequest extends grpc.CreateContainerRequest.$Properties {
    }

    /** Represents a CreateContainerRequest. */
    class CreateContainerRequest {

        /**
         * Constructs a new CreateContainerRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.CreateContainerRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CreateContainerRequest containerId. */
        containerId: string;

        /** CreateContainerRequest execId. */
        execId: string;

        /** CreateContainerRequest stringUser. */
        stringUser?: (grpc.StringUser.$Properties|null);

        /** CreateContainerRequest storages. */
        storages: grpc.Storage.$Properties[];

        /** CreateContainerRequest OCI. */
        OCI?: (grpc.Spec.$Properties|null);

        /** CreateContainerRequest sandboxPidns. */
        sandboxPidns: boolean;

        /**
         * Creates a new CreateContainerRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CreateContainerRequest instance
         */
        static create(properties: grpc.CreateContainerRequest.$Shape): grpc.CreateContainerRequest & grpc.CreateContainerRequest.$Shape;
        static create(properties?: grpc.CreateContainerRequest.$Properties): grpc.CreateContainerRequest;

        /**
         * Encodes the specified CreateContainerRequest message. Does not implicitly {@link grpc.CreateContainerRequest.verify|verify} messages.
         * @param message CreateContainerRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.CreateContainerRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CreateContainerRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.CreateContainerRequest & grpc.CreateContainerRequest.$Shape} CreateContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.CreateContainerRequest & grpc.CreateContainerRequest.$Shape;

        /**
         * Gets the type url for CreateContainerRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CreateContainerRequest {

        /** Properties of a CreateContainerRequest. */
        interface $Properties {

            /** CreateContainerRequest containerId */
            containerId?: (string|null);

            /** CreateContainerRequest execId */
            execId?: (string|null);

            /** CreateContainerRequest stringUser */
            stringUser?: (grpc.StringUser.$Properties|null);

            /** CreateContainerRequest storages */
            storages?: (grpc.Storage.$Properties[]|null);

            /** CreateContainerRequest OCI */
            OCI?: (grpc.Spec.$Properties|null);

            /** CreateContainerRequest sandboxPidns */
            sandboxPidns?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CreateContainerRequest. */
        type $Shape = grpc.CreateContainerRequest.$Properties;
    }

    /**
     * Properties of a StartContainerRequest.
     * @deprecated Use grpc.StartContainerRequest.$Properties instead.
     */
    interface IStartContainerRequest extends grpc.StartContainerRequest.$Properties {
    }

    /** Represents a StartContainerRequest. */
    class StartContainerRequest {

        /**
         * Constructs a new StartContainerRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.StartContainerRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StartContainerRequest containerId. */
        containerId: string;

        /**
         * Creates a new StartContainerRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StartContainerRequest instance
         */
        static create(properties: grpc.StartContainerRequest.$Shape): grpc.StartContainerRequest & grpc.StartContainerRequest.$Shape;
        static create(properties?: grpc.StartContainerRequest.$Properties): grpc.StartContainerRequest;

        /**
         * Encodes the specified StartContainerRequest message. Does not implicitly {@link grpc.StartContainerRequest.verify|verify} messages.
         * @param message StartContainerRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.StartContainerRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StartContainerRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.StartContainerRequest & grpc.StartContainerRequest.$Shape} StartContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.StartContainerRequest & grpc.StartContainerRequest.$Shape;

        /**
         * Gets the type url for StartContainerRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StartContainerRequest {

        /** Properties of a StartContainerRequest. */
        interface $Properties {

            /** StartContainerRequest containerId */
            containerId?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StartContainerRequest. */
        type $Shape = grpc.StartContainerRequest.$Properties;
    }

    /**
     * Properties of a RemoveContainerRequest.
     * @deprecated Use grpc.RemoveContainerRequest.$Properties instead.
     */
    interface IRemoveContainerRequest extends grpc.RemoveContainerRequest.$Properties {
    }

    /** Represents a RemoveContainerRequest. */
    class RemoveContainerRequest {

        /**
         * Constructs a new RemoveContainerRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.RemoveContainerRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RemoveContainerRequest containerId. */
        containerId: string;

        /** RemoveContainerRequest timeout. */
        timeout: number;

        /**
         * Creates a new RemoveContainerRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RemoveContainerRequest instance
         */
        static create(properties: grpc.RemoveContainerRequest.$Shape): grpc.RemoveContainerRequest & grpc.RemoveContainerRequest.$Shape;
        static create(properties?: grpc.RemoveContainerRequest.$Properties): grpc.RemoveContainerRequest;

        /**
         * Encodes the specified RemoveContainerRequest message. Does not implicitly {@link grpc.RemoveContainerRequest.verify|verify} messages.
         * @param message RemoveContainerRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.RemoveContainerRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RemoveContainerRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.RemoveContainerRequest & grpc.RemoveContainerRequest.$Shape} RemoveContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.RemoveContainerRequest & grpc.RemoveContainerRequest.$Shape;

        /**
         * Gets the type url for RemoveContainerRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace RemoveContainerRequest {

        /** Properties of a RemoveContainerRequest. */
        interface $Properties {

            /** RemoveContainerRequest containerId */
            containerId?: (string|null);

            /** RemoveContainerRequest timeout */
            timeout?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RemoveContainerRequest. */
        type $Shape = grpc.RemoveContainerRequest.$Properties;
    }

    /**
     * Properties of an ExecProcessRequest.
     * @deprecated Use grpc.ExecProcessRequest.$Properties instead.
     */
    interface IExecProcessRequest extends grpc.ExecProcessRequest.$Properties {
    }

    /** Represents an ExecProcessRequest. */
    class ExecProcessRequest {

        /**
         * Constructs a new ExecProcessRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.ExecProcessRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ExecProcessRequest containerId. */
        containerId: string;

        /** ExecProcessRequest execId. */
        execId: string;

        /** ExecProcessRequest stringUser. */
        stringUser?: (grpc.StringUser.$Properties|null);

        /** ExecProcessRequest process. */
        process?: (grpc.Process.$Properties|null);

        /**
         * Creates a new ExecProcessRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ExecProcessRequest instance
         */
        static create(properties: grpc.ExecProcessRequest.$Shape): grpc.ExecProcessRequest & grpc.ExecProcessRequest.$Shape;
        static create(properties?: grpc.ExecProcessRequest.$Properties): grpc.ExecProcessRequest;

        /**
         * Encodes the specified ExecProcessRequest message. Does not implicitly {@link grpc.ExecProcessRequest.verify|verify} messages.
         * @param message ExecProcessRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.ExecProcessRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ExecProcessRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.ExecProcessRequest & grpc.ExecProcessRequest.$Shape} ExecProcessRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.ExecProcessRequest & grpc.ExecProcessRequest.$Shape;

        /**
         * Gets the type url for ExecProcessRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ExecProcessRequest {

        /** Properties of an ExecProcessRequest. */
        interface $Properties {

            /** ExecProcessRequest containerId */
            containerId?: (string|null);

            /** ExecProcessRequest execId */
            execId?: (string|null);

            /** ExecProcessRequest stringUser */
            stringUser?: (grpc.StringUser.$Properties|null);

            /** ExecProcessRequest process */
            process?: (grpc.Process.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an ExecProcessRequest. */
        type $Shape = grpc.ExecProcessRequest.$Properties;
    }

    /**
     * Properties of a SignalProcessRequest.
     * @deprecated Use grpc.SignalProcessRequest.$Properties instead.
     */
    interface ISignalProcessRequest extends grpc.SignalProcessRequest.$Properties {
    }

    /** Represents a SignalProcessRequest. */
    class SignalProcessRequest {

        /**
         * Constructs a new SignalProcessRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.SignalProcessRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SignalProcessRequest containerId. */
        containerId: string;

        /** SignalProcessRequest execId. */
        execId: string;

        /** SignalProcessRequest signal. */
        signal: number;

        /**
         * Creates a new SignalProcessRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SignalProcessRequest instance
         */
        static create(properties: grpc.SignalProcessRequest.$Shape): grpc.SignalProcessRequest & grpc.SignalProcessRequest.$Shape;
        static create(properties?: grpc.SignalProcessRequest.$Properties): grpc.SignalProcessRequest;

        /**
         * Encodes the specified SignalProcessRequest message. Does not implicitly {@link grpc.SignalProcessRequest.verify|verify} messages.
         * @param message SignalProcessRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.SignalProcessRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SignalProcessRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.SignalProcessRequest & grpc.SignalProcessRequest.$Shape} SignalProcessRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.SignalProcessRequest & grpc.SignalProcessRequest.$Shape;

        /**
         * Gets the type url for SignalProcessRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace SignalProcessRequest {

        /** Properties of a SignalProcessRequest. */
        interface $Properties {

            /** SignalProcessRequest containerId */
            containerId?: (string|null);

            /** SignalProcessRequest execId */
            execId?: (string|null);

            /** SignalProcessRequest signal */
            signal?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SignalProcessRequest. */
        type $Shape = grpc.SignalProcessRequest.$Properties;
    }

    /**
     * Properties of a WaitProcessRequest.
     * @deprecated Use grpc.WaitProcessRequest.$Properties instead.
     */
    interface IWaitProcessRequest extends grpc.WaitProcessRequest.$Properties {
    }

    /** Represents a WaitProcessRequest. */
    class WaitProcessRequest {

        /**
         * Constructs a new WaitProcessRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.WaitProcessRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WaitProcessRequest containerId. */
        containerId: string;

        /** WaitProcessRequest execId. */
        execId: string;

        /**
         * Creates a new WaitProcessRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WaitProcessRequest instance
         */
        static create(properties: grpc.WaitProcessRequest.$Shape): grpc.WaitProcessRequest & grpc.WaitProcessRequest.$Shape;
        static create(properties?: grpc.WaitProcessRequest.$Properties): grpc.WaitProcessRequest;

        /**
         * Encodes the specified WaitProcessRequest message. Does not implicitly {@link grpc.WaitProcessRequest.verify|verify} messages.
         * @param message WaitProcessRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.WaitProcessRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WaitProcessRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.WaitProcessRequest & grpc.WaitProcessRequest.$Shape} WaitProcessRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.WaitProcessRequest & grpc.WaitProcessRequest.$Shape;

        /**
         * Gets the type url for WaitProcessRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace WaitProcessRequest {

        /** Properties of a WaitProcessRequest. */
        interface $Properties {

            /** WaitProcessRequest containerId */
            containerId?: (string|null);

            /** WaitProcessRequest execId */
            execId?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WaitProcessRequest. */
        type $Shape = grpc.WaitProcessRequest.$Properties;
    }

    /**
     * Properties of a WaitProcessResponse.
     * @deprecated Use grpc.WaitProcessResponse.$Properties instead.
     */
    interface IWaitProcessResponse extends grpc.WaitProcessResponse.$Properties {
    }

    /** Represents a WaitProcessResponse. */
    class WaitProcessResponse {

        /**
         * Constructs a new WaitProcessResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.WaitProcessResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WaitProcessResponse status. */
        status: number;

        /**
         * Creates a new WaitProcessResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WaitProcessResponse instance
         */
        static create(properties: grpc.WaitProcessResponse.$Shape): grpc.WaitProcessResponse & grpc.WaitProcessResponse.$Shape;
        static create(properties?: grpc.WaitProcessResponse.$Properties): grpc.WaitProcessResponse;

        /**
         * Encodes the specified WaitProcessResponse message. Does not implicitly {@link grpc.WaitProcessResponse.verify|verify} messages.
         * @param message WaitProcessResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.WaitProcessResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WaitProcessResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.WaitProcessResponse & grpc.WaitProcessResponse.$Shape} WaitProcessResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.WaitProcessResponse & grpc.WaitProcessResponse.$Shape;

        /**
         * Gets the type url for WaitProcessResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace WaitProcessResponse {

        /** Properties of a WaitProcessResponse. */
        interface $Properties {

            /** WaitProcessResponse status */
            status?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WaitProcessResponse. */
        type $Shape = grpc.WaitProcessResponse.$Properties;
    }

    /**
     * Properties of a ReadStreamRequest.
     * @deprecated Use grpc.ReadStreamRequest.$Properties instead.
     */
    interface IReadStreamRequest extends grpc.ReadStreamRequest.$Properties {
    }

    /** Represents a ReadStreamRequest. */
    class ReadStreamRequest {

        /**
         * Constructs a new ReadStreamRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.ReadStreamRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ReadStreamRequest containerId. */
        containerId: string;

        /** ReadStreamRequest execId. */
        execId: string;

        /** ReadStreamRequest len. */
        len: number;

        /**
         * Creates a new ReadStreamRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ReadStreamRequest instance
         */
        static create(properties: grpc.ReadStreamRequest.$Shape): grpc.ReadStreamRequest & grpc.ReadStreamRequest.$Shape;
        static create(properties?: grpc.ReadStreamRequest.$Properties): grpc.ReadStreamRequest;

        /**
         * Encodes the specified ReadStreamRequest message. Does not implicitly {@link grpc.ReadStreamRequest.verify|verify} messages.
         * @param message ReadStreamRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.ReadStreamRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ReadStreamRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.ReadStreamRequest & grpc.ReadStreamRequest.$Shape} ReadStreamRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.ReadStreamRequest & grpc.ReadStreamRequest.$Shape;

        /**
         * Gets the type url for ReadStreamRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ReadStreamRequest {

        /** Properties of a ReadStreamRequest. */
        interface $Properties {

            /** ReadStreamRequest containerId */
            containerId?: (string|null);

            /** ReadStreamRequest execId */
            execId?: (string|null);

            /** ReadStreamRequest len */
            len?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ReadStreamRequest. */
        type $Shape = grpc.ReadStreamRequest.$Properties;
    }

    /**
     * Properties of a ReadStreamResponse.
     * @deprecated Use grpc.ReadStreamResponse.$Properties instead.
     */
    interface IReadStreamResponse extends grpc.ReadStreamResponse.$Properties {
    }

    /** Represents a ReadStreamResponse. */
    class ReadStreamResponse {

        /**
         * Constructs a new ReadStreamResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.ReadStreamResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ReadStreamResponse data. */
        data: Uint8Array;

        /**
         * Creates a new ReadStreamResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ReadStreamResponse instance
         */
        static create(properties: grpc.ReadStreamResponse.$Shape): grpc.ReadStreamResponse & grpc.ReadStreamResponse.$Shape;
        static create(properties?: grpc.ReadStreamResponse.$Properties): grpc.ReadStreamResponse;

        /**
         * Encodes the specified ReadStreamResponse message. Does not implicitly {@link grpc.ReadStreamResponse.verify|verify} messages.
         * @param message ReadStreamResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.ReadStreamResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ReadStreamResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.ReadStreamResponse & grpc.ReadStreamResponse.$Shape} ReadStreamResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.ReadStreamResponse & grpc.ReadStreamResponse.$Shape;

        /**
         * Gets the type url for ReadStreamResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ReadStreamResponse {

        /** Properties of a ReadStreamResponse. */
        interface $Properties {

            /** ReadStreamResponse data */
            data?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ReadStreamResponse. */
        type $Shape = grpc.ReadStreamResponse.$Properties;
    }

    /**
     * Properties of a WriteStreamRequest.
     * @deprecated Use grpc.WriteStreamRequest.$Properties instead.
     */
    interface IWriteStreamRequest extends grpc.WriteStreamRequest.$Properties {
    }

    /** Represents a WriteStreamRequest. */
    class WriteStreamRequest {

        /**
         * Constructs a new WriteStreamRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.WriteStreamRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WriteStreamRequest containerId. */
        containerId: string;

        /** WriteStreamRequest execId. */
        execId: string;

        /** WriteStreamRequest data. */
        data: Uint8Array;

        /**
         * Creates a new WriteStreamRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WriteStreamRequest instance
         */
        static create(properties: grpc.WriteStreamRequest.$Shape): grpc.WriteStreamRequest & grpc.WriteStreamRequest.$Shape;
        static create(properties?: grpc.WriteStreamRequest.$Properties): grpc.WriteStreamRequest;

        /**
         * Encodes the specified WriteStreamRequest message. Does not implicitly {@link grpc.WriteStreamRequest.verify|verify} messages.
         * @param message WriteStreamRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.WriteStreamRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WriteStreamRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.WriteStreamRequest & grpc.WriteStreamRequest.$Shape} WriteStreamRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.WriteStreamRequest & grpc.WriteStreamRequest.$Shape;

        /**
         * Gets the type url for WriteStreamRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace WriteStreamRequest {

        /** Properties of a WriteStreamRequest. */
        interface $Properties {

            /** WriteStreamRequest containerId */
            containerId?: (string|null);

            /** WriteStreamRequest execId */
            execId?: (string|null);

            /** WriteStreamRequest data */
            data?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WriteStreamRequest. */
        type $Shape = grpc.WriteStreamRequest.$Properties;
    }

    /**
     * Properties of a WriteStreamResponse.
     * @deprecated Use grpc.WriteStreamResponse.$Properties instead.
     */
    interface IWriteStreamResponse extends grpc.WriteStreamResponse.$Properties {
    }

    /** Represents a WriteStreamResponse. */
    class WriteStreamResponse {

        /**
         * Constructs a new WriteStreamResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.WriteStreamResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WriteStreamResponse len. */
        len: number;

        /**
         * Creates a new WriteStreamResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WriteStreamResponse instance
         */
        static create(properties: grpc.WriteStreamResponse.$Shape): grpc.WriteStreamResponse & grpc.WriteStreamResponse.$Shape;
        static create(properties?: grpc.WriteStreamResponse.$Properties): grpc.WriteStreamResponse;

        /**
         * Encodes the specified WriteStreamResponse message. Does not implicitly {@link grpc.WriteStreamResponse.verify|verify} messages.
         * @param message WriteStreamResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.WriteStreamResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WriteStreamResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.WriteStreamResponse & grpc.WriteStreamResponse.$Shape} WriteStreamResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.WriteStreamResponse & grpc.WriteStreamResponse.$Shape;

        /**
         * Gets the type url for WriteStreamResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace WriteStreamResponse {

        /** Properties of a WriteStreamResponse. */
        interface $Properties {

            /** WriteStreamResponse len */
            len?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WriteStreamResponse. */
        type $Shape = grpc.WriteStreamResponse.$Properties;
    }

    /**
     * Properties of a CloseStdinRequest.
     * @deprecated Use grpc.CloseStdinRequest.$Properties instead.
     */
    interface ICloseStdinRequest extends grpc.CloseStdinRequest.$Properties {
    }

    /** Represents a CloseStdinRequest. */
    class CloseStdinRequest {

        /**
         * Constructs a new CloseStdinRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.CloseStdinRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CloseStdinRequest containerId. */
        containerId: string;

        /** CloseStdinRequest execId. */
        execId: string;

        /**
         * Creates a new CloseStdinRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CloseStdinRequest instance
         */
        static create(properties: grpc.CloseStdinRequest.$Shape): grpc.CloseStdinRequest & grpc.CloseStdinRequest.$Shape;
        static create(properties?: grpc.CloseStdinRequest.$Properties): grpc.CloseStdinRequest;

        /**
         * Encodes the specified CloseStdinRequest message. Does not implicitly {@link grpc.CloseStdinRequest.verify|verify} messages.
         * @param message CloseStdinRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.CloseStdinRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CloseStdinRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.CloseStdinRequest & grpc.CloseStdinRequest.$Shape} CloseStdinRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.CloseStdinRequest & grpc.CloseStdinRequest.$Shape;

        /**
         * Gets the type url for CloseStdinRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CloseStdinRequest {

        /** Properties of a CloseStdinRequest. */
        interface $Properties {

            /** CloseStdinRequest containerId */
            containerId?: (string|null);

            /** CloseStdinRequest execId */
            execId?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CloseStdinRequest. */
        type $Shape = grpc.CloseStdinRequest.$Properties;
    }

    /**
     * Properties of a TtyWinResizeRequest.
     * @deprecated Use grpc.TtyWinResizeRequest.$Properties instead.
     */
    interface ITtyWinResizeRequest extends grpc.TtyWinResizeRequest.$Properties {
    }

    /** Represents a TtyWinResizeRequest. */
    class TtyWinResizeRequest {

        /**
         * Constructs a new TtyWinResizeRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.TtyWinResizeRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TtyWinResizeRequest containerId. */
        containerId: string;

        /** TtyWinResizeRequest execId. */
        execId: string;

        /** TtyWinResizeRequest row. */
        row: number;

        /** TtyWinResizeRequest column. */
        column: number;

        /**
         * Creates a new TtyWinResizeRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TtyWinResizeRequest instance
         */
        static create(properties: grpc.TtyWinResizeRequest.$Shape): grpc.TtyWinResizeRequest & grpc.TtyWinResizeRequest.$Shape;
        static create(properties?: grpc.TtyWinResizeRequest.$Properties): grpc.TtyWinResizeRequest;

        /**
         * Encodes the specified TtyWinResizeRequest message. Does not implicitly {@link grpc.TtyWinResizeRequest.verify|verify} messages.
         * @param message TtyWinResizeRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.TtyWinResizeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TtyWinResizeRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.TtyWinResizeRequest & grpc.TtyWinResizeRequest.$Shape} TtyWinResizeRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.TtyWinResizeRequest & grpc.TtyWinResizeRequest.$Shape;

        /**
         * Gets the type url for TtyWinResizeRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace TtyWinResizeRequest {

        /** Properties of a TtyWinResizeRequest. */
        interface $Properties {

            /** TtyWinResizeRequest containerId */
            containerId?: (string|null);

            /** TtyWinResizeRequest execId */
            execId?: (string|null);

            /** TtyWinResizeRequest row */
            row?: (number|null);

            /** TtyWinResizeRequest column */
            column?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TtyWinResizeRequest. */
        type $Shape = grpc.TtyWinResizeRequest.$Properties;
    }

    /**
     * Properties of a CreateSandboxRequest.
     * @deprecated Use grpc.CreateSandboxRequest.$Properties instead.
     */
    interface ICreateSandboxRequest extends grpc.CreateSandboxRequest.$Properties {
    }

    /** Represents a CreateSandboxRequest. */
    class CreateSandboxRequest {

        /**
         * Constructs a new CreateSandboxRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.CreateSandboxRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CreateSandboxRequest hostname. */
        hostname: string;

        /** CreateSandboxRequest dns. */
        dns: string[];

        /** CreateSandboxRequest storages. */
        storages: grpc.Storage.$Properties[];

        /** CreateSandboxRequest sandboxPidns. */
        sandboxPidns: boolean;

        /** CreateSandboxRequest sandboxId. */
        sandboxId: string;

        /** CreateSandboxRequest guestHookPath. */
        guestHookPath: string;

        /**
         * Creates a new CreateSandboxRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CreateSandboxRequest instance
         */
        static create(properties: grpc.CreateSandboxRequest.$Shape): grpc.CreateSandboxRequest & grpc.CreateSandboxRequest.$Shape;
        static create(properties?: grpc.CreateSandboxRequest.$Properties): grpc.CreateSandboxRequest;

        /**
         * Encodes the specified CreateSandboxRequest message. Does not implicitly {@link grpc.CreateSandboxRequest.verify|verify} messages.
         * @param message CreateSandboxRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.CreateSandboxRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CreateSandboxRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.CreateSandboxRequest & grpc.CreateSandboxRequest.$Shape} CreateSandboxRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.CreateSandboxRequest & grpc.CreateSandboxRequest.$Shape;

        /**
         * Gets the type url for CreateSandboxRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CreateSandboxRequest {

        /** Properties of a CreateSandboxRequest. */
        interface $Properties {

            /** CreateSandboxRequest hostname */
            hostname?: (string|null);

            /** CreateSandboxRequest dns */
            dns?: (string[]|null);

            /** CreateSandboxRequest storages */
            storages?: (grpc.Storage.$Properties[]|null);

            /** CreateSandboxRequest sandboxPidns */
            sandboxPidns?: (boolean|null);

            /** CreateSandboxRequest sandboxId */
            sandboxId?: (string|null);

            /** CreateSandboxRequest guestHookPath */
            guestHookPath?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CreateSandboxRequest. */
        type $Shape = grpc.CreateSandboxRequest.$Properties;
    }

    /**
     * Properties of a DestroySandboxRequest.
     * @deprecated Use grpc.DestroySandboxRequest.$Properties instead.
     */
    interface IDestroySandboxRequest extends grpc.DestroySandboxRequest.$Properties {
    }

    /** Represents a DestroySandboxRequest. */
    class DestroySandboxRequest {

        /**
         * Constructs a new DestroySandboxRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.DestroySandboxRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new DestroySandboxRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DestroySandboxRequest instance
         */
        static create(properties: grpc.DestroySandboxRequest.$Shape): grpc.DestroySandboxRequest & grpc.DestroySandboxRequest.$Shape;
        static create(properties?: grpc.DestroySandboxRequest.$Properties): grpc.DestroySandboxRequest;

        /**
         * Encodes the specified DestroySandboxRequest message. Does not implicitly {@link grpc.DestroySandboxRequest.verify|verify} messages.
         * @param message DestroySandboxRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.DestroySandboxRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DestroySandboxRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.DestroySandboxRequest & grpc.DestroySandboxRequest.$Shape} DestroySandboxRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.DestroySandboxRequest & grpc.DestroySandboxRequest.$Shape;

        /**
         * Gets the type url for DestroySandboxRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace DestroySandboxRequest {

        /** Properties of a DestroySandboxRequest. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DestroySandboxRequest. */
        type $Shape = grpc.DestroySandboxRequest.$Properties;
    }

    /**
     * Properties of a SetPolicyRequest.
     * @deprecated Use grpc.SetPolicyRequest.$Properties instead.
     */
    interface ISetPolicyRequest extends grpc.SetPolicyRequest.$Properties {
    }

    /** Represents a SetPolicyRequest. */
    class SetPolicyRequest {

        /**
         * Constructs a new SetPolicyRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.SetPolicyRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** SetPolicyRequest policy. */
        policy: string;

        /**
         * Creates a new SetPolicyRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns SetPolicyRequest instance
         */
        static create(properties: grpc.SetPolicyRequest.$Shape): grpc.SetPolicyRequest & grpc.SetPolicyRequest.$Shape;
        static create(properties?: grpc.SetPolicyRequest.$Properties): grpc.SetPolicyRequest;

        /**
         * Encodes the specified SetPolicyRequest message. Does not implicitly {@link grpc.SetPolicyRequest.verify|verify} messages.
         * @param message SetPolicyRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.SetPolicyRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a SetPolicyRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.SetPolicyRequest & grpc.SetPolicyRequest.$Shape} SetPolicyRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.SetPolicyRequest & grpc.SetPolicyRequest.$Shape;

        /**
         * Gets the type url for SetPolicyRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace SetPolicyRequest {

        /** Properties of a SetPolicyRequest. */
        interface $Properties {

            /** SetPolicyRequest policy */
            policy?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a SetPolicyRequest. */
        type $Shape = grpc.SetPolicyRequest.$Properties;
    }

    /**
     * Properties of a OOMEvent.
     * @deprecated Use grpc.OOMEvent.$Properties instead.
     */
    interface IOOMEvent extends grpc.OOMEvent.$Properties {
    }

    /** Represents a OOMEvent. */
    class OOMEvent {

        /**
         * Constructs a new OOMEvent.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.OOMEvent.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** OOMEvent containerId. */
        containerId: string;

        /**
         * Creates a new OOMEvent instance using the specified properties.
         * @param [properties] Properties to set
         * @returns OOMEvent instance
         */
        static create(properties: grpc.OOMEvent.$Shape): grpc.OOMEvent & grpc.OOMEvent.$Shape;
        static create(properties?: grpc.OOMEvent.$Properties): grpc.OOMEvent;

        /**
         * Encodes the specified OOMEvent message. Does not implicitly {@link grpc.OOMEvent.verify|verify} messages.
         * @param message OOMEvent message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.OOMEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a OOMEvent message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.OOMEvent & grpc.OOMEvent.$Shape} OOMEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.OOMEvent & grpc.OOMEvent.$Shape;

        /**
         * Gets the type url for OOMEvent
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace OOMEvent {

        /** Properties of a OOMEvent. */
        interface $Properties {

            /** OOMEvent containerId */
            containerId?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a OOMEvent. */
        type $Shape = grpc.OOMEvent.$Properties;
    }

    /**
     * Properties of an UpdateContainerRequest.
     * @deprecated Use grpc.UpdateContainerRequest.$Properties instead.
     */
    interface IUpdateContainerRequest extends grpc.UpdateContainerRequest.$Properties {
    }

    /** Represents an UpdateContainerRequest. */
    class UpdateContainerRequest {

        /**
         * Constructs a new UpdateContainerRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.UpdateContainerRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UpdateContainerRequest containerId. */
        containerId: string;

        /** UpdateContainerRequest resources. */
        resources?: (grpc.LinuxResources.$Properties|null);

        /**
         * Creates a new UpdateContainerRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UpdateContainerRequest instance
         */
        static create(properties: grpc.UpdateContainerRequest.$Shape): grpc.UpdateContainerRequest & grpc.UpdateContainerRequest.$Shape;
        static create(properties?: grpc.UpdateContainerRequest.$Properties): grpc.UpdateContainerRequest;

        /**
         * Encodes the specified UpdateContainerRequest message. Does not implicitly {@link grpc.UpdateContainerRequest.verify|verify} messages.
         * @param message UpdateContainerRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.UpdateContainerRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an UpdateContainerRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.UpdateContainerRequest & grpc.UpdateContainerRequest.$Shape} UpdateContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.UpdateContainerRequest & grpc.UpdateContainerRequest.$Shape;

        /**
         * Gets the type url for UpdateContainerRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace UpdateContainerRequest {

        /** Properties of an UpdateContainerRequest. */
        interface $Properties {

            /** UpdateContainerRequest containerId */
            containerId?: (string|null);

            /** UpdateContainerRequest resources */
            resources?: (grpc.LinuxResources.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an UpdateContainerRequest. */
        type $Shape = grpc.UpdateContainerRequest.$Properties;
    }

    /**
     * Properties of a PauseContainerRequest.
     * @deprecated Use grpc.PauseContainerRequest.$Properties instead.
     */
    interface IPauseContainerRequest extends grpc.PauseContainerRequest.$Properties {
    }

    /** Represents a PauseContainerRequest. */
    class PauseContainerRequest {

        /**
         * Constructs a new PauseContainerRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.PauseContainerRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PauseContainerRequest containerId. */
        containerId: string;

        /**
         * Creates a new PauseContainerRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PauseContainerRequest instance
         */
        static create(properties: grpc.PauseContainerRequest.$Shape): grpc.PauseContainerRequest & grpc.PauseContainerRequest.$Shape;
        static create(properties?: grpc.PauseContainerRequest.$Properties): grpc.PauseContainerRequest;

        /**
         * Encodes the specified PauseContainerRequest message. Does not implicitly {@link grpc.PauseContainerRequest.verify|verify} messages.
         * @param message PauseContainerRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.PauseContainerRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PauseContainerRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.PauseContainerRequest & grpc.PauseContainerRequest.$Shape} PauseContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.PauseContainerRequest & grpc.PauseContainerRequest.$Shape;

        /**
         * Gets the type url for PauseContainerRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace PauseContainerRequest {

        /** Properties of a PauseContainerRequest. */
        interface $Properties {

            /** PauseContainerRequest containerId */
            containerId?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PauseContainerRequest. */
        type $Shape = grpc.PauseContainerRequest.$Properties;
    }

    /**
     * Properties of a ResumeContainerRequest.
     * @deprecated Use grpc.ResumeContainerRequest.$Properties instead.
     */
    interface IResumeContainerRequest extends grpc.ResumeContainerRequest.$Properties {
    }

    /** Represents a ResumeContainerRequest. */
    class ResumeContainerRequest {

        /**
         * Constructs a new ResumeContainerRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.ResumeContainerRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ResumeContainerRequest containerId. */
        containerId: string;

        /**
         * Creates a new ResumeContainerRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ResumeContainerRequest instance
         */
        static create(properties: grpc.ResumeContainerRequest.$Shape): grpc.ResumeContainerRequest & grpc.ResumeContainerRequest.$Shape;
        static create(properties?: grpc.ResumeContainerRequest.$Properties): grpc.ResumeContainerRequest;

        /**
         * Encodes the specified ResumeContainerRequest message. Does not implicitly {@link grpc.ResumeContainerRequest.verify|verify} messages.
         * @param message ResumeContainerRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.ResumeContainerRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ResumeContainerRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.ResumeContainerRequest & grpc.ResumeContainerRequest.$Shape} ResumeContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.ResumeContainerRequest & grpc.ResumeContainerRequest.$Shape;

        /**
         * Gets the type url for ResumeContainerRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace ResumeContainerRequest {

        /** Properties of a ResumeContainerRequest. */
        interface $Properties {

            /** ResumeContainerRequest containerId */
            containerId?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ResumeContainerRequest. */
        type $Shape = grpc.ResumeContainerRequest.$Properties;
    }

    /**
     * Properties of a StatsContainerRequest.
     * @deprecated Use grpc.StatsContainerRequest.$Properties instead.
     */
    interface IStatsContainerRequest extends grpc.StatsContainerRequest.$Properties {
    }

    /** Represents a StatsContainerRequest. */
    class StatsContainerRequest {

        /**
         * Constructs a new StatsContainerRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.StatsContainerRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StatsContainerRequest containerId. */
        containerId: string;

        /**
         * Creates a new StatsContainerRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StatsContainerRequest instance
         */
        static create(properties: grpc.StatsContainerRequest.$Shape): grpc.StatsContainerRequest & grpc.StatsContainerRequest.$Shape;
        static create(properties?: grpc.StatsContainerRequest.$Properties): grpc.StatsContainerRequest;

        /**
         * Encodes the specified StatsContainerRequest message. Does not implicitly {@link grpc.StatsContainerRequest.verify|verify} messages.
         * @param message StatsContainerRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.StatsContainerRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StatsContainerRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.StatsContainerRequest & grpc.StatsContainerRequest.$Shape} StatsContainerRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.StatsContainerRequest & grpc.StatsContainerRequest.$Shape;

        /**
         * Gets the type url for StatsContainerRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StatsContainerRequest {

        /** Properties of a StatsContainerRequest. */
        interface $Properties {

            /** StatsContainerRequest containerId */
            containerId?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StatsContainerRequest. */
        type $Shape = grpc.StatsContainerRequest.$Properties;
    }

    /**
     * Properties of a CpuUsage.
     * @deprecated Use grpc.CpuUsage.$Properties instead.
     */
    interface ICpuUsage extends grpc.CpuUsage.$Properties {
    }

    /** Represents a CpuUsage. */
    class CpuUsage {

        /**
         * Constructs a new CpuUsage.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.CpuUsage.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CpuUsage totalUsage. */
        totalUsage: Long;

        /** CpuUsage usageInKernelmode. */
        usageInKernelmode: Long;

        /** CpuUsage usageInUsermode. */
        usageInUsermode: Long;

        /**
         * Creates a new CpuUsage instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CpuUsage instance
         */
        static create(properties: grpc.CpuUsage.$Shape): grpc.CpuUsage & grpc.CpuUsage.$Shape;
        static create(properties?: grpc.CpuUsage.$Properties): grpc.CpuUsage;

        /**
         * Encodes the specified CpuUsage message. Does not implicitly {@link grpc.CpuUsage.verify|verify} messages.
         * @param message CpuUsage message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.CpuUsage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CpuUsage message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.CpuUsage & grpc.CpuUsage.$Shape} CpuUsage
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.CpuUsage & grpc.CpuUsage.$Shape;

        /**
         * Gets the type url for CpuUsage
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CpuUsage {

        /** Properties of a CpuUsage. */
        interface $Properties {

            /** CpuUsage totalUsage */
            totalUsage?: (Long|null);

            /** CpuUsage usageInKernelmode */
            usageInKernelmode?: (Long|null);

            /** CpuUsage usageInUsermode */
            usageInUsermode?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CpuUsage. */
        type $Shape = grpc.CpuUsage.$Properties;
    }

    /**
     * Properties of a CpuStats.
     * @deprecated Use grpc.CpuStats.$Properties instead.
     */
    interface ICpuStats extends grpc.CpuStats.$Properties {
    }

    /** Represents a CpuStats. */
    class CpuStats {

        /**
         * Constructs a new CpuStats.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.CpuStats.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CpuStats cpuUsage. */
        cpuUsage?: (grpc.CpuUsage.$Properties|null);

        /**
         * Creates a new CpuStats instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CpuStats instance
         */
        static create(properties: grpc.CpuStats.$Shape): grpc.CpuStats & grpc.CpuStats.$Shape;
        static create(properties?: grpc.CpuStats.$Properties): grpc.CpuStats;

        /**
         * Encodes the specified CpuStats message. Does not implicitly {@link grpc.CpuStats.verify|verify} messages.
         * @param message CpuStats message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.CpuStats.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CpuStats message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.CpuStats & grpc.CpuStats.$Shape} CpuStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.CpuStats & grpc.CpuStats.$Shape;

        /**
         * Gets the type url for CpuStats
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CpuStats {

        /** Properties of a CpuStats. */
        interface $Properties {

            /** CpuStats cpuUsage */
            cpuUsage?: (grpc.CpuUsage.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CpuStats. */
        type $Shape = grpc.CpuStats.$Properties;
    }

    /**
     * Properties of a MemoryData.
     * @deprecated Use grpc.MemoryData.$Properties instead.
     */
    interface IMemoryData extends grpc.MemoryData.$Properties {
    }

    /** Represents a MemoryData. */
    class MemoryData {

        /**
         * Constructs a new MemoryData.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.MemoryData.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemoryData usage. */
        usage: Long;

        /** MemoryData maxUsage. */
        maxUsage: Long;

        /** MemoryData limit. */
        limit: Long;

        /**
         * Creates a new MemoryData instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemoryData instance
         */
        static create(properties: grpc.MemoryData.$Shape): grpc.MemoryData & grpc.MemoryData.$Shape;
        static create(properties?: grpc.MemoryData.$Properties): grpc.MemoryData;

        /**
         * Encodes the specified MemoryData message. Does not implicitly {@link grpc.MemoryData.verify|verify} messages.
         * @param message MemoryData message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.MemoryData.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemoryData message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.MemoryData & grpc.MemoryData.$Shape} MemoryData
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.MemoryData & grpc.MemoryData.$Shape;

        /**
         * Gets the type url for MemoryData
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace MemoryData {

        /** Properties of a MemoryData. */
        interface $Properties {

            /** MemoryData usage */
            usage?: (Long|null);

            /** MemoryData maxUsage */
            maxUsage?: (Long|null);

            /** MemoryData limit */
            limit?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemoryData. */
        type $Shape = grpc.MemoryData.$Properties;
    }

    /**
     * Properties of a MemoryStats.
     * @deprecated Use grpc.MemoryStats.$Properties instead.
     */
    interface IMemoryStats extends grpc.MemoryStats.$Properties {
    }

    /** Represents a MemoryStats. */
    class MemoryStats {

        /**
         * Constructs a new MemoryStats.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.MemoryStats.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemoryStats usage. */
        usage?: (grpc.MemoryData.$Properties|null);

        /**
         * Creates a new MemoryStats instance using the specified properties.
         * @param [properties] Properties to set
         * @returns MemoryStats instance
         */
        static create(properties: grpc.MemoryStats.$Shape): grpc.MemoryStats & grpc.MemoryStats.$Shape;
        static create(properties?: grpc.MemoryStats.$Properties): grpc.MemoryStats;

        /**
         * Encodes the specified MemoryStats message. Does not implicitly {@link grpc.MemoryStats.verify|verify} messages.
         * @param message MemoryStats message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.MemoryStats.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a MemoryStats message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.MemoryStats & grpc.MemoryStats.$Shape} MemoryStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.MemoryStats & grpc.MemoryStats.$Shape;

        /**
         * Gets the type url for MemoryStats
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace MemoryStats {

        /** Properties of a MemoryStats. */
        interface $Properties {

            /** MemoryStats usage */
            usage?: (grpc.MemoryData.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemoryStats. */
        type $Shape = grpc.MemoryStats.$Properties;
    }

    /**
     * Properties of a PidsStats.
     * @deprecated Use grpc.PidsStats.$Properties instead.
     */
    interface IPidsStats extends grpc.PidsStats.$Properties {
    }

    /** Represents a PidsStats. */
    class PidsStats {

        /**
         * Constructs a new PidsStats.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.PidsStats.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PidsStats current. */
        current: Long;

        /**
         * Creates a new PidsStats instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PidsStats instance
         */
        static create(properties: grpc.PidsStats.$Shape): grpc.PidsStats & grpc.PidsStats.$Shape;
        static create(properties?: grpc.PidsStats.$Properties): grpc.PidsStats;

        /**
         * Encodes the specified PidsStats message. Does not implicitly {@link grpc.PidsStats.verify|verify} messages.
         * @param message PidsStats message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.PidsStats.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PidsStats message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.PidsStats & grpc.PidsStats.$Shape} PidsStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.PidsStats & grpc.PidsStats.$Shape;

        /**
         * Gets the type url for PidsStats
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace PidsStats {

        /** Properties of a PidsStats. */
        interface $Properties {

            /** PidsStats current */
            current?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PidsStats. */
        type $Shape = grpc.PidsStats.$Properties;
    }

    /**
     * Properties of a CgroupStats.
     * @deprecated Use grpc.CgroupStats.$Properties instead.
     */
    interface ICgroupStats extends grpc.CgroupStats.$Properties {
    }

    /** Represents a CgroupStats. */
    class CgroupStats {

        /**
         * Constructs a new CgroupStats.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.CgroupStats.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CgroupStats cpuStats. */
        cpuStats?: (grpc.CpuStats.$Properties|null);

        /** CgroupStats memoryStats. */
        memoryStats?: (grpc.MemoryStats.$Properties|null);

        /** CgroupStats pidsStats. */
        pidsStats?: (grpc.PidsStats.$Properties|null);

        /**
         * Creates a new CgroupStats instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CgroupStats instance
         */
        static create(properties: grpc.CgroupStats.$Shape): grpc.CgroupStats & grpc.CgroupStats.$Shape;
        static create(properties?: grpc.CgroupStats.$Properties): grpc.CgroupStats;

        /**
         * Encodes the specified CgroupStats message. Does not implicitly {@link grpc.CgroupStats.verify|verify} messages.
         * @param message CgroupStats message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.CgroupStats.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CgroupStats message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.CgroupStats & grpc.CgroupStats.$Shape} CgroupStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.CgroupStats & grpc.CgroupStats.$Shape;

        /**
         * Gets the type url for CgroupStats
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CgroupStats {

        /** Properties of a CgroupStats. */
        interface $Properties {

            /** CgroupStats cpuStats */
            cpuStats?: (grpc.CpuStats.$Properties|null);

            /** CgroupStats memoryStats */
            memoryStats?: (grpc.MemoryStats.$Properties|null);

            /** CgroupStats pidsStats */
            pidsStats?: (grpc.PidsStats.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CgroupStats. */
        type $Shape = grpc.CgroupStats.$Properties;
    }

    /**
     * Properties of a NetworkStats.
     * @deprecated Use grpc.NetworkStats.$Properties instead.
     */
    interface INetworkStats extends grpc.NetworkStats.$Properties {
    }

    /** Represents a NetworkStats. */
    class NetworkStats {

        /**
         * Constructs a new NetworkStats.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.NetworkStats.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** NetworkStats name. */
        name: string;

        /** NetworkStats rxBytes. */
        rxBytes: Long;

        /** NetworkStats rxPackets. */
        rxPackets: Long;

        /** NetworkStats rxErrors. */
        rxErrors: Long;

        /** NetworkStats rxDropped. */
        rxDropped: Long;

        /** NetworkStats txBytes. */
        txBytes: Long;

        /** NetworkStats txPackets. */
        txPackets: Long;

        /** NetworkStats txErrors. */
        txErrors: Long;

        /** NetworkStats txDropped. */
        txDropped: Long;

        /**
         * Creates a new NetworkStats instance using the specified properties.
         * @param [properties] Properties to set
         * @returns NetworkStats instance
         */
        static create(properties: grpc.NetworkStats.$Shape): grpc.NetworkStats & grpc.NetworkStats.$Shape;
        static create(properties?: grpc.NetworkStats.$Properties): grpc.NetworkStats;

        /**
         * Encodes the specified NetworkStats message. Does not implicitly {@link grpc.NetworkStats.verify|verify} messages.
         * @param message NetworkStats message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.NetworkStats.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a NetworkStats message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.NetworkStats & grpc.NetworkStats.$Shape} NetworkStats
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.NetworkStats & grpc.NetworkStats.$Shape;

        /**
         * Gets the type url for NetworkStats
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace NetworkStats {

        /** Properties of a NetworkStats. */
        interface $Properties {

            /** NetworkStats name */
            name?: (string|null);

            /** NetworkStats rxBytes */
            rxBytes?: (Long|null);

            /** NetworkStats rxPackets */
            rxPackets?: (Long|null);

            /** NetworkStats rxErrors */
            rxErrors?: (Long|null);

            /** NetworkStats rxDropped */
            rxDropped?: (Long|null);

            /** NetworkStats txBytes */
            txBytes?: (Long|null);

            /** NetworkStats txPackets */
            txPackets?: (Long|null);

            /** NetworkStats txErrors */
            txErrors?: (Long|null);

            /** NetworkStats txDropped */
            txDropped?: (Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a NetworkStats. */
        type $Shape = grpc.NetworkStats.$Properties;
    }

    /**
     * Properties of a StatsContainerResponse.
     * @deprecated Use grpc.StatsContainerResponse.$Properties instead.
     */
    interface IStatsContainerResponse extends grpc.StatsContainerResponse.$Properties {
    }

    /** Represents a StatsContainerResponse. */
    class StatsContainerResponse {

        /**
         * Constructs a new StatsContainerResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.StatsContainerResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StatsContainerResponse cgroupStats. */
        cgroupStats?: (grpc.CgroupStats.$Properties|null);

        /** StatsContainerResponse networkStats. */
        networkStats: grpc.NetworkStats.$Properties[];

        /**
         * Creates a new StatsContainerResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StatsContainerResponse instance
         */
        static create(properties: grpc.StatsContainerResponse.$Shape): grpc.StatsContainerResponse & grpc.StatsContainerResponse.$Shape;
        static create(properties?: grpc.StatsContainerResponse.$Properties): grpc.StatsContainerResponse;

        /**
         * Encodes the specified StatsContainerResponse message. Does not implicitly {@link grpc.StatsContainerResponse.verify|verify} messages.
         * @param message StatsContainerResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.StatsContainerResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StatsContainerResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.StatsContainerResponse & grpc.StatsContainerResponse.$Shape} StatsContainerResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.StatsContainerResponse & grpc.StatsContainerResponse.$Shape;

        /**
         * Gets the type url for StatsContainerResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StatsContainerResponse {

        /** Properties of a StatsContainerResponse. */
        interface $Properties {

            /** StatsContainerResponse cgroupStats */
            cgroupStats?: (grpc.CgroupStats.$Properties|null);

            /** StatsContainerResponse networkStats */
            networkStats?: (grpc.NetworkStats.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StatsContainerResponse. */
        type $Shape = grpc.StatsContainerResponse.$Properties;
    }

    /**
     * Properties of an AgentDetails.
     * @deprecated Use grpc.AgentDetails.$Properties instead.
     */
    interface IAgentDetails extends grpc.AgentDetails.$Properties {
    }

    /** Represents an AgentDetails. */
    class AgentDetails {

        /**
         * Constructs a new AgentDetails.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.AgentDetails.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AgentDetails version. */
        version: string;

        /** AgentDetails initDaemon. */
        initDaemon: boolean;

        /**
         * Creates a new AgentDetails instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AgentDetails instance
         */
        static create(properties: grpc.AgentDetails.$Shape): grpc.AgentDetails & grpc.AgentDetails.$Shape;
        static create(properties?: grpc.AgentDetails.$Properties): grpc.AgentDetails;

        /**
         * Encodes the specified AgentDetails message. Does not implicitly {@link grpc.AgentDetails.verify|verify} messages.
         * @param message AgentDetails message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.AgentDetails.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AgentDetails message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.AgentDetails & grpc.AgentDetails.$Shape} AgentDetails
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.AgentDetails & grpc.AgentDetails.$Shape;

        /**
         * Gets the type url for AgentDetails
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace AgentDetails {

        /** Properties of an AgentDetails. */
        interface $Properties {

            /** AgentDetails version */
            version?: (string|null);

            /** AgentDetails initDaemon */
            initDaemon?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AgentDetails. */
        type $Shape = grpc.AgentDetails.$Properties;
    }

    /**
     * Properties of a GuestDetailsResponse.
     * @deprecated Use grpc.GuestDetailsResponse.$Properties instead.
     */
    interface IGuestDetailsResponse extends grpc.GuestDetailsResponse.$Properties {
    }

    /** Represents a GuestDetailsResponse. */
    class GuestDetailsResponse {

        /**
         * Constructs a new GuestDetailsResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.GuestDetailsResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GuestDetailsResponse agentDetails. */
        agentDetails?: (grpc.AgentDetails.$Properties|null);

        /**
         * Creates a new GuestDetailsResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns GuestDetailsResponse instance
         */
        static create(properties: grpc.GuestDetailsResponse.$Shape): grpc.GuestDetailsResponse & grpc.GuestDetailsResponse.$Shape;
        static create(properties?: grpc.GuestDetailsResponse.$Properties): grpc.GuestDetailsResponse;

        /**
         * Encodes the specified GuestDetailsResponse message. Does not implicitly {@link grpc.GuestDetailsResponse.verify|verify} messages.
         * @param message GuestDetailsResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.GuestDetailsResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GuestDetailsResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.GuestDetailsResponse & grpc.GuestDetailsResponse.$Shape} GuestDetailsResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.GuestDetailsResponse & grpc.GuestDetailsResponse.$Shape;

        /**
         * Gets the type url for GuestDetailsResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace GuestDetailsResponse {

        /** Properties of a GuestDetailsResponse. */
        interface $Properties {

            /** GuestDetailsResponse agentDetails */
            agentDetails?: (grpc.AgentDetails.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GuestDetailsResponse. */
        type $Shape = grpc.GuestDetailsResponse.$Properties;
    }

    /**
     * Properties of a CopyFileRequest.
     * @deprecated Use grpc.CopyFileRequest.$Properties instead.
     */
    interface ICopyFileRequest extends grpc.CopyFileRequest.$Properties {
    }

    /** Represents a CopyFileRequest. */
    class CopyFileRequest {

        /**
         * Constructs a new CopyFileRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.CopyFileRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CopyFileRequest path. */
        path: string;

        /** CopyFileRequest fileSize. */
        fileSize: Long;

        /** CopyFileRequest fileMode. */
        fileMode: number;

        /** CopyFileRequest dirMode. */
        dirMode: number;

        /** CopyFileRequest uid. */
        uid: number;

        /** CopyFileRequest gid. */
        gid: number;

        /** CopyFileRequest offset. */
        offset: Long;

        /** CopyFileRequest data. */
        data: Uint8Array;

        /**
         * Creates a new CopyFileRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CopyFileRequest instance
         */
        static create(properties: grpc.CopyFileRequest.$Shape): grpc.CopyFileRequest & grpc.CopyFileRequest.$Shape;
        static create(properties?: grpc.CopyFileRequest.$Properties): grpc.CopyFileRequest;

        /**
         * Encodes the specified CopyFileRequest message. Does not implicitly {@link grpc.CopyFileRequest.verify|verify} messages.
         * @param message CopyFileRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.CopyFileRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CopyFileRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.CopyFileRequest & grpc.CopyFileRequest.$Shape} CopyFileRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.CopyFileRequest & grpc.CopyFileRequest.$Shape;

        /**
         * Gets the type url for CopyFileRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CopyFileRequest {

        /** Properties of a CopyFileRequest. */
        interface $Properties {

            /** CopyFileRequest path */
            path?: (string|null);

            /** CopyFileRequest fileSize */
            fileSize?: (Long|null);

            /** CopyFileRequest fileMode */
            fileMode?: (number|null);

            /** CopyFileRequest dirMode */
            dirMode?: (number|null);

            /** CopyFileRequest uid */
            uid?: (number|null);

            /** CopyFileRequest gid */
            gid?: (number|null);

            /** CopyFileRequest offset */
            offset?: (Long|null);

            /** CopyFileRequest data */
            data?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CopyFileRequest. */
        type $Shape = grpc.CopyFileRequest.$Properties;
    }

    /**
     * Properties of a GetDiagnosticDataRequest.
     * @deprecated Use grpc.GetDiagnosticDataRequest.$Properties instead.
     */
    interface IGetDiagnosticDataRequest extends grpc.GetDiagnosticDataRequest.$Properties {
    }

    /** Represents a GetDiagnosticDataRequest. */
    class GetDiagnosticDataRequest {

        /**
         * Constructs a new GetDiagnosticDataRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.GetDiagnosticDataRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GetDiagnosticDataRequest logType. */
        logType: string;

        /** GetDiagnosticDataRequest containerId. */
        containerId: string;

        /**
         * Creates a new GetDiagnosticDataRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns GetDiagnosticDataRequest instance
         */
        static create(properties: grpc.GetDiagnosticDataRequest.$Shape): grpc.GetDiagnosticDataRequest & grpc.GetDiagnosticDataRequest.$Shape;
        static create(properties?: grpc.GetDiagnosticDataRequest.$Properties): grpc.GetDiagnosticDataRequest;

        /**
         * Encodes the specified GetDiagnosticDataRequest message. Does not implicitly {@link grpc.GetDiagnosticDataRequest.verify|verify} messages.
         * @param message GetDiagnosticDataRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.GetDiagnosticDataRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GetDiagnosticDataRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.GetDiagnosticDataRequest & grpc.GetDiagnosticDataRequest.$Shape} GetDiagnosticDataRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.GetDiagnosticDataRequest & grpc.GetDiagnosticDataRequest.$Shape;

        /**
         * Gets the type url for GetDiagnosticDataRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace GetDiagnosticDataRequest {

        /** Properties of a GetDiagnosticDataRequest. */
        interface $Properties {

            /** GetDiagnosticDataRequest logType */
            logType?: (string|null);

            /** GetDiagnosticDataRequest containerId */
            containerId?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GetDiagnosticDataRequest. */
        type $Shape = grpc.GetDiagnosticDataRequest.$Properties;
    }

    /**
     * Properties of a GetDiagnosticDataResponse.
     * @deprecated Use grpc.GetDiagnosticDataResponse.$Properties instead.
     */
    interface IGetDiagnosticDataResponse extends grpc.GetDiagnosticDataResponse.$Properties {
    }

    /** Represents a GetDiagnosticDataResponse. */
    class GetDiagnosticDataResponse {

        /**
         * Constructs a new GetDiagnosticDataResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.GetDiagnosticDataResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GetDiagnosticDataResponse data. */
        data: Uint8Array;

        /**
         * Creates a new GetDiagnosticDataResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns GetDiagnosticDataResponse instance
         */
        static create(properties: grpc.GetDiagnosticDataResponse.$Shape): grpc.GetDiagnosticDataResponse & grpc.GetDiagnosticDataResponse.$Shape;
        static create(properties?: grpc.GetDiagnosticDataResponse.$Properties): grpc.GetDiagnosticDataResponse;

        /**
         * Encodes the specified GetDiagnosticDataResponse message. Does not implicitly {@link grpc.GetDiagnosticDataResponse.verify|verify} messages.
         * @param message GetDiagnosticDataResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.GetDiagnosticDataResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GetDiagnosticDataResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.GetDiagnosticDataResponse & grpc.GetDiagnosticDataResponse.$Shape} GetDiagnosticDataResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.GetDiagnosticDataResponse & grpc.GetDiagnosticDataResponse.$Shape;

        /**
         * Gets the type url for GetDiagnosticDataResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace GetDiagnosticDataResponse {

        /** Properties of a GetDiagnosticDataResponse. */
        interface $Properties {

            /** GetDiagnosticDataResponse data */
            data?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GetDiagnosticDataResponse. */
        type $Shape = grpc.GetDiagnosticDataResponse.$Properties;
    }
}
