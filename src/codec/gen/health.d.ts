import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace grpc. */
export namespace grpc {

    /**
     * Properties of a CheckRequest.
     * @deprecated Use grpc.CheckRequest.$Properties instead.
     */
    interface ICheckRequest extends grpc.CheckRequest.$Properties {
    }

    /** Represents a CheckRequest. */
    class CheckRequest {

        /**
         * Constructs a new CheckRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.CheckRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CheckRequest service. */
        service: string;

        /**
         * Creates a new CheckRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CheckRequest instance
         */
        static create(properties: grpc.CheckRequest.$Shape): grpc.CheckRequest & grpc.CheckRequest.$Shape;
        static create(properties?: grpc.CheckRequest.$Properties): grpc.CheckRequest;

        /**
         * Encodes the specified CheckRequest message. Does not implicitly {@link grpc.CheckRequest.verify|verify} messages.
         * @param message CheckRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.CheckRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CheckRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.CheckRequest & grpc.CheckRequest.$Shape} CheckRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.CheckRequest & grpc.CheckRequest.$Shape;

        /**
         * Gets the type url for CheckRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace CheckRequest {

        /** Properties of a CheckRequest. */
        interface $Properties {

            /** CheckRequest service */
            service?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CheckRequest. */
        type $Shape = grpc.CheckRequest.$Properties;
    }

    /**
     * Properties of a HealthCheckResponse.
     * @deprecated Use grpc.HealthCheckResponse.$Properties instead.
     */
    interface IHealthCheckResponse extends grpc.HealthCheckResponse.$Properties {
    }

    /** Represents a HealthCheckResponse. */
    class HealthCheckResponse {

        /**
         * Constructs a new HealthCheckResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.HealthCheckResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HealthCheckResponse status. */
        status: grpc.HealthCheckResponse.ServingStatus;

        /**
         * Creates a new HealthCheckResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HealthCheckResponse instance
         */
        static create(properties: grpc.HealthCheckResponse.$Shape): grpc.HealthCheckResponse & grpc.HealthCheckResponse.$Shape;
        static create(properties?: grpc.HealthCheckResponse.$Properties): grpc.HealthCheckResponse;

        /**
         * Encodes the specified HealthCheckResponse message. Does not implicitly {@link grpc.HealthCheckResponse.verify|verify} messages.
         * @param message HealthCheckResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.HealthCheckResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HealthCheckResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.HealthCheckResponse & grpc.HealthCheckResponse.$Shape} HealthCheckResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.HealthCheckResponse & grpc.HealthCheckResponse.$Shape;

        /**
         * Gets the type url for HealthCheckResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace HealthCheckResponse {

        /** Properties of a HealthCheckResponse. */
        interface $Properties {

            /** HealthCheckResponse status */
            status?: (grpc.HealthCheckResponse.ServingStatus|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HealthCheckResponse. */
        type $Shape = grpc.HealthCheckResponse.$Properties;

        /** ServingStatus enum. */
        enum ServingStatus {

            /** UNKNOWN value */
            UNKNOWN = 0,

            /** SERVING value */
            SERVING = 1,

            /** NOT_SERVING value */
            NOT_SERVING = 2
        }
    }

    /**
     * Properties of a VersionCheckResponse.
     * @deprecated Use grpc.VersionCheckResponse.$Properties instead.
     */
    interface IVersionCheckResponse extends grpc.VersionCheckResponse.$Properties {
    }

    /** Represents a VersionCheckResponse. */
    class VersionCheckResponse {

        /**
         * Constructs a new VersionCheckResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: grpc.VersionCheckResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VersionCheckResponse grpcVersion. */
        grpcVersion: string;

        /** VersionCheckResponse agentVersion. */
        agentVersion: string;

        /**
         * Creates a new VersionCheckResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns VersionCheckResponse instance
         */
        static create(properties: grpc.VersionCheckResponse.$Shape): grpc.VersionCheckResponse & grpc.VersionCheckResponse.$Shape;
        static create(properties?: grpc.VersionCheckResponse.$Properties): grpc.VersionCheckResponse;

        /**
         * Encodes the specified VersionCheckResponse message. Does not implicitly {@link grpc.VersionCheckResponse.verify|verify} messages.
         * @param message VersionCheckResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: grpc.VersionCheckResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VersionCheckResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {grpc.VersionCheckResponse & grpc.VersionCheckResponse.$Shape} VersionCheckResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.VersionCheckResponse & grpc.VersionCheckResponse.$Shape;

        /**
         * Gets the type url for VersionCheckResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace VersionCheckResponse {

        /** Properties of a VersionCheckResponse. */
        interface $Properties {

            /** VersionCheckResponse grpcVersion */
            grpcVersion?: (string|null);

            /** VersionCheckResponse agentVersion */
            agentVersion?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a VersionCheckResponse. */
        type $Shape = grpc.VersionCheckResponse.$Properties;
    }
}
