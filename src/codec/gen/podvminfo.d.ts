import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace podvminfo. */
export namespace podvminfo {

    /**
     * Properties of a GetInfoRequest.
     * @deprecated Use podvminfo.GetInfoRequest.$Properties instead.
     */
    interface IGetInfoRequest extends podvminfo.GetInfoRequest.$Properties {
    }

    /** Represents a GetInfoRequest. */
    class GetInfoRequest {

        /**
         * Constructs a new GetInfoRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: podvminfo.GetInfoRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GetInfoRequest PodName. */
        PodName: string;

        /** GetInfoRequest PodNamespace. */
        PodNamespace: string;

        /** GetInfoRequest Wait. */
        Wait: boolean;

        /**
         * Creates a new GetInfoRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns GetInfoRequest instance
         */
        static create(properties: podvminfo.GetInfoRequest.$Shape): podvminfo.GetInfoRequest & podvminfo.GetInfoRequest.$Shape;
        static create(properties?: podvminfo.GetInfoRequest.$Properties): podvminfo.GetInfoRequest;

        /**
         * Encodes the specified GetInfoRequest message. Does not implicitly {@link podvminfo.GetInfoRequest.verify|verify} messages.
         * @param message GetInfoRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: podvminfo.GetInfoRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GetInfoRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {podvminfo.GetInfoRequest & podvminfo.GetInfoRequest.$Shape} GetInfoRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): podvminfo.GetInfoRequest & podvminfo.GetInfoRequest.$Shape;

        /**
         * Gets the type url for GetInfoRequest
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace GetInfoRequest {

        /** Properties of a GetInfoRequest. */
        interface $Properties {

            /** GetInfoRequest PodName */
            PodName?: (string|null);

            /** GetInfoRequest PodNamespace */
            PodNamespace?: (string|null);

            /** GetInfoRequest Wait */
            Wait?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GetInfoRequest. */
        type $Shape = podvminfo.GetInfoRequest.$Properties;
    }

    /**
     * Properties of a GetInfoResponse.
     * @deprecated Use podvminfo.GetInfoResponse.$Properties instead.
     */
    interface IGetInfoResponse extends podvminfo.GetInfoResponse.$Properties {
    }

    /** Represents a GetInfoResponse. */
    class GetInfoResponse {

        /**
         * Constructs a new GetInfoResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: podvminfo.GetInfoResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** GetInfoResponse VMID. */
        VMID: string;

        /**
         * Creates a new GetInfoResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns GetInfoResponse instance
         */
        static create(properties: podvminfo.GetInfoResponse.$Shape): podvminfo.GetInfoResponse & podvminfo.GetInfoResponse.$Shape;
        static create(properties?: podvminfo.GetInfoResponse.$Properties): podvminfo.GetInfoResponse;

        /**
         * Encodes the specified GetInfoResponse message. Does not implicitly {@link podvminfo.GetInfoResponse.verify|verify} messages.
         * @param message GetInfoResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: podvminfo.GetInfoResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a GetInfoResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {podvminfo.GetInfoResponse & podvminfo.GetInfoResponse.$Shape} GetInfoResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): podvminfo.GetInfoResponse & podvminfo.GetInfoResponse.$Shape;

        /**
         * Gets the type url for GetInfoResponse
         * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns The type url
         */
        static getTypeUrl(prefix?: string): string;
    }

    namespace GetInfoResponse {

        /** Properties of a GetInfoResponse. */
        interface $Properties {

            /** GetInfoResponse VMID */
            VMID?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a GetInfoResponse. */
        type $Shape = podvminfo.GetInfoResponse.$Properties;
    }
}
