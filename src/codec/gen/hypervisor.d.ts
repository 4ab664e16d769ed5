import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace hypervisor. */
export namespace hypervisor {

    /**
     * Properties of a CreateVMRequest.
     * @deprecated Use hypervisor.CreateVMRequest.$Properties instead.
     */
    interface ICreateVMRequest extends hypervisor.CreateVMRequest.$Properties {
    }

    /** Represents a CreateVMRequest. */
    class CreateVMRequest {

        /**
         * Constructs a new CreateVMRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: hypervisor.CreateVMRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CreateVMRequest id. */
        id: string;

        /** CreateVMRequest annotations. */
        annotations: { [k: string]: string };

        /** CreateVMRequest networkNamespacePath. */
        networkNamespacePath: string;

        /**
         * Creates a new CreateVMRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CreateVMRequest instance
         */
        static create(properties: hypervisor.CreateVMRequest.$Shape): hypervisor.CreateVMRequest & hypervisor.CreateVMRequest.$Shape;
        static create(properties?: hypervisor.CreateVMRequest.$Properties): hypervisor.CreateVMRequest;

        /**
         * Encodes the specified CreateVMRequest message. Does not implicitly {@link hypervisor.CreateVMRequest.verify|verify} messages.
         * @param message CreateVMRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: hypervisor.CreateVMRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CreateVMRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {hypervisor.CreateVMRequest & hypervisor.CreateVMRequest.$Shape} CreateVMRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): hypervisor.CreateVMRequest & hypervisor.CreateVMRequest.$Shape;

        /**
         * Gets the type url for CreateVMRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CreateVMRequest {

        /** Properties of a CreateVMRequest. */
        interface $Properties {

            /** CreateVMRequest id */
            id?: (string|null);

            /** CreateVMRequest annotations */
            annotations?: ({ [k: string]: string }|null);

            /** CreateVMRequest networkNamespacePath */
            networkNamespacePath?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CreateVMRequest. */
        type $Shape = hypervisor.CreateVMRequest.$Properties;
    }

    /**
     * Properties of a CreateVMResponse.
     * @deprecated Use hypervisor.CreateVMResponse.$Properties instead.
     */
    interface ICreateVMResponse extends hypervisor.CreateVMResponse.$Properties {
    }

    /** Represents a CreateVMResponse. */
    class CreateVMResponse {

        /**
         * Constructs a new CreateVMResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: hypervisor.CreateVMResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CreateVMResponse agentSocketPath. */
        agentSocketPath: string;

        /**
         * Creates a new CreateVMResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CreateVMResponse instance
         */
        static create(properties: hypervisor.CreateVMResponse.$Shape): hypervisor.CreateVMResponse & hypervisor.CreateVMResponse.$Shape;
        static create(properties?: hypervisor.CreateVMResponse.$Properties): hypervisor.CreateVMResponse;

        /**
         * Encodes the specified CreateVMResponse message. Does not implicitly {@link hypervisor.CreateVMResponse.verify|verify} messages.
         * @param message CreateVMResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: hypervisor.CreateVMResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CreateVMResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {hypervisor.CreateVMResponse & hypervisor.CreateVMResponse.$Shape} CreateVMResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): hypervisor.CreateVMResponse & hypervisor.CreateVMResponse.$Shape;

        /**
         * Gets the type url for CreateVMResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CreateVMResponse {

        /** Properties of a CreateVMResponse. */
        interface $Properties {

            /** CreateVMResponse agentSocketPath */
            agentSocketPath?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CreateVMResponse. */
        type $Shape = hypervisor.CreateVMResponse.$Properties;
    }

    /**
     * Properties of a StartVMRequest.
     * @deprecated Use hypervisor.StartVMRequest.$Properties instead.
     */
    interface IStartVMRequest extends hypervisor.StartVMRequest.$Properties {
    }

    /** Represents a StartVMRequest. */
    class StartVMRequest {

        /**
         * Constructs a new StartVMRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: hypervisor.StartVMRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StartVMRequest id. */
        id: string;

        /**
         * Creates a new StartVMRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StartVMRequest instance
         */
        static create(properties: hypervisor.StartVMRequest.$Shape): hypervisor.StartVMRequest & hypervisor.StartVMRequest.$Shape;
        static create(properties?: hypervisor.StartVMRequest.$Properties): hypervisor.StartVMRequest;

        /**
         * Encodes the specified StartVMRequest message. Does not implicitly {@link hypervisor.StartVMRequest.verify|verify} messages.
         * @param message StartVMRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: hypervisor.StartVMRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StartVMRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {hypervisor.StartVMRequest & hypervisor.StartVMRequest.$Shape} StartVMRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): hypervisor.StartVMRequest & hypervisor.StartVMRequest.$Shape;

        /**
         * Gets the type url for StartVMRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StartVMRequest {

        /** Properties of a StartVMRequest. */
        interface $Properties {

            /** StartVMRequest id */
            id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StartVMRequest. */
        type $Shape = hypervisor.StartVMRequest.$Properties;
    }

    /**
     * Properties of a StartVMResponse.
     * @deprecated Use hypervisor.StartVMResponse.$Properties instead.
     */
    interface IStartVMResponse extends hypervisor.StartVMResponse.$Properties {
    }

    /** Represents a StartVMResponse. */
    class StartVMResponse {

        /**
         * Constructs a new StartVMResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: hypervisor.StartVMResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new StartVMResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StartVMResponse instance
         */
        static create(properties: hypervisor.StartVMResponse.$Shape): hypervisor.StartVMResponse & hypervisor.StartVMResponse.$Shape;
        static create(properties?: hypervisor.StartVMResponse.$Properties): hypervisor.StartVMResponse;

        /**
         * Encodes the specified StartVMResponse message. Does not implicitly {@link hypervisor.StartVMResponse.verify|verify} messages.
         * @param message StartVMResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: hypervisor.StartVMResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StartVMResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {hypervisor.StartVMResponse & hypervisor.StartVMResponse.$Shape} StartVMResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): hypervisor.StartVMResponse & hypervisor.StartVMResponse.$Shape;

        /**
         * Gets the type url for StartVMResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StartVMResponse {

        /** Properties of a StartVMResponse. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StartVMResponse. */
        type $Shape = hypervisor.StartVMResponse.$Properties;
    }

    /**
     * Properties of a StopVMRequest.
     * @deprecated Use hypervisor.StopVMRequest.$Properties instead.
     */
    interface IStopVMRequest extends hypervisor.StopVMRequest.$Properties {
    }

    /** Represents a StopVMRequest. */
    class StopVMRequest {

        /**
         * Constructs a new StopVMRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: hypervisor.StopVMRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StopVMRequest id. */
        id: string;

        /**
         * Creates a new StopVMRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StopVMRequest instance
         */
        static create(properties: hypervisor.StopVMRequest.$Shape): hypervisor.StopVMRequest & hypervisor.StopVMRequest.$Shape;
        static create(properties?: hypervisor.StopVMRequest.$Properties): hypervisor.StopVMRequest;

        /**
         * Encodes the specified StopVMRequest message. Does not implicitly {@link hypervisor.StopVMRequest.verify|verify} messages.
         * @param message StopVMRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: hypervisor.StopVMRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StopVMRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {hypervisor.StopVMRequest & hypervisor.StopVMRequest.$Shape} StopVMRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): hypervisor.StopVMRequest & hypervisor.StopVMRequest.$Shape;

        /**
         * Gets the type url for StopVMRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StopVMRequest {

        /** Properties of a StopVMRequest. */
        interface $Properties {

            /** StopVMRequest id */
            id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StopVMRequest. */
        type $Shape = hypervisor.StopVMRequest.$Properties;
    }

    /**
     * Properties of a StopVMResponse.
     * @deprecated Use hypervisor.StopVMResponse.$Properties instead.
     */
    interface IStopVMResponse extends hypervisor.StopVMResponse.$Properties {
    }

    /** Represents a StopVMResponse. */
    class StopVMResponse {

        /**
         * Constructs a new StopVMResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: hypervisor.StopVMResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new StopVMResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StopVMResponse instance
         */
        static create(properties: hypervisor.StopVMResponse.$Shape): hypervisor.StopVMResponse & hypervisor.StopVMResponse.$Shape;
        static create(properties?: hypervisor.StopVMResponse.$Properties): hypervisor.StopVMResponse;

        /**
         * Encodes the specified StopVMResponse message. Does not implicitly {@link hypervisor.StopVMResponse.verify|verify} messages.
         * @param message StopVMResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: hypervisor.StopVMResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StopVMResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {hypervisor.StopVMResponse & hypervisor.StopVMResponse.$Shape} StopVMResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): hypervisor.StopVMResponse & hypervisor.StopVMResponse.$Shape;

        /**
         * Gets the type url for StopVMResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace StopVMResponse {

        /** Properties of a StopVMResponse. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StopVMResponse. */
        type $Shape = hypervisor.StopVMResponse.$Properties;
    }

    /**
     * Properties of a VersionRequest.
     * @deprecated Use hypervisor.VersionRequest.$Properties instead.
     */
    interface IVersionRequest extends hypervisor.VersionRequest.$Properties {
    }

    /** Represents a VersionRequest. */
    class VersionRequest {

        /**
         * Constructs a new VersionRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: hypervisor.VersionRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VersionRequest version. */
        version: string;

        /**
         * Creates a new VersionRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns VersionRequest instance
         */
        static create(properties: hypervisor.VersionRequest.$Shape): hypervisor.VersionRequest & hypervisor.VersionRequest.$Shape;
        static create(properties?: hypervisor.VersionRequest.$Properties): hypervisor.VersionRequest;

        /**
         * Encodes the specified VersionRequest message. Does not implicitly {@link hypervisor.VersionRequest.verify|verify} messages.
         * @param message VersionRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: hypervisor.VersionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VersionRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {hypervisor.VersionRequest & hypervisor.VersionRequest.$Shape} VersionRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): hypervisor.VersionRequest & hypervisor.VersionRequest.$Shape;

        /**
         * Gets the type url for VersionRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace VersionRequest {

        /** Properties of a VersionRequest. */
        interface $Properties {

            /** VersionRequest version */
            version?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a VersionRequest. */
        type $Shape = hypervisor.VersionRequest.$Properties;
    }

    /**
     * Properties of a VersionResponse.
     * @deprecated Use hypervisor.VersionResponse.$Properties instead.
     */
    interface IVersionResponse extends hypervisor.VersionResponse.$Properties {
    }

    /** Represents a VersionResponse. */
    class VersionResponse {

        /**
         * Constructs a new VersionResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: hypervisor.VersionResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VersionResponse version. */
        version: string;

        /**
         * Creates a new VersionResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns VersionResponse instance
         */
        static create(properties: hypervisor.VersionResponse.$Shape): hypervisor.VersionResponse & hypervisor.VersionResponse.$Shape;
        static create(properties?: hypervisor.VersionResponse.$Properties): hypervisor.VersionResponse;

        /**
         * Encodes the specified VersionResponse message. Does not implicitly {@link hypervisor.VersionResponse.verify|verify} messages.
         * @param message VersionResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: hypervisor.VersionResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VersionResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {hypervisor.VersionResponse & hypervisor.VersionResponse.$Shape} VersionResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): hypervisor.VersionResponse & hypervisor.VersionResponse.$Shape;

        /**
         * Gets the type url for VersionResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace VersionResponse {

        /** Properties of a VersionResponse. */
        interface $Properties {

            /** VersionResponse version */
            version?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a VersionResponse. */
        type $Shape = hypervisor.VersionResponse.$Properties;
    }
}
