import java.util.List;
import java.util.Objects;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AuditEventsApi;
import org.openapitools.client.api.LlmProvidersApi;
import org.openapitools.client.model.AnyCredentialsPatch;
import org.openapitools.client.model.AuditEvent;
import org.openapitools.client.model.ConflictError;
import org.openapitools.client.model.ConflictErrorCode;
import org.openapitools.client.model.LLMProviderConfig;
import org.openapitools.client.model.LLMProviderConfigPatch;
import org.openapitools.client.model.LLMProvidersEnum;
import org.openapitools.client.model.OpenAIConfig;
import org.openapitools.client.model.OpenAICredentials;
import org.openapitools.client.model.OpenAICredentialsPatch;
import org.openapitools.client.model.StoredOpenAIConfig;

public class Main {
    static OpenAIConfig config(String apiKey, String organization) {
        OpenAICredentials credentials = new OpenAICredentials().apiKey(apiKey).organization(organization);
        return new OpenAIConfig().provider(OpenAIConfig.ProviderEnum.OPENAI).enabled(true).credentials(credentials);
    }

    static StoredOpenAIConfig stored(boolean enabled, String organization) {
        OpenAICredentials credentials = new OpenAICredentials().apiKey("sk-***").organization(organization);
        StoredOpenAIConfig.ProviderEnum provider = StoredOpenAIConfig.ProviderEnum.OPENAI;
        return new StoredOpenAIConfig().provider(provider).enabled(enabled).credentials(credentials);
    }

    static void same(Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }

    public static void main(String[] arguments) throws ApiException, java.io.IOException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(System.getenv("URL"));
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + System.getenv("TOKEN")));
        LlmProvidersApi api = new LlmProvidersApi(client);

        LLMProviderConfig sent = new LLMProviderConfig(config("sk-your-api-key", "org-your-org-id"));
        same(api.createLlmProvider(sent, null).getActualInstance(), config("sk-***", "org-***"));
        try {
            api.createLlmProvider(sent, null);
            throw new AssertionError("It was created twice.");
        } catch (ApiException conflict) {
            ConflictError body = client.getObjectMapper().readValue(conflict.getResponseBody(), ConflictError.class);
            same(conflict.getCode(), 409);
            same(body.getError().getCode(), ConflictErrorCode.CONFLICT);
        }
        same(api.listLlmProviders(true, null).getProviders().get(0).getActualInstance(), stored(true, "org-***"));

        OpenAICredentialsPatch credentials = new OpenAICredentialsPatch().organization("org-another");
        LLMProviderConfigPatch change = new LLMProviderConfigPatch().enabled(false);
        change.credentials(new AnyCredentialsPatch(credentials));
        Object patched = api.patchLlmProvider(LLMProvidersEnum.OPENAI, change, null, null, null).getActualInstance();
        same(patched, stored(false, "org-***"));
        same(api.getLlmProvider(LLMProvidersEnum.OPENAI, null).getActualInstance(), patched);

        List<AuditEvent> events =
                new AuditEventsApi(client).listAuditEvents(null, null, null, null, null, null, 1).getEvents();
        same(events.stream().map(AuditEvent::getAction).toList(), List.of("update"));
    }
}
